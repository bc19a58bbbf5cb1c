import { expect, it } from 'vitest';
import type { LogRecord } from '../log.ts';
import { freshTopic, numbers, type OpenLog, orderOf, until, valuesOf } from './owning.ts';

/** What `tail` promises. */
export function tailContract(log: OpenLog): void {
  it('hands everything appended after it resolved, to each of several tails, in the order of each partition', async () => {
    const topic = await freshTopic(log(), 3);
    const send = (first: number, end: number) =>
      log().append(
        topic,
        numbers(first, end).map((value) => orderOf(value, value)),
      );
    await send(0, 100);
    const early: LogRecord[] = [];
    const late: LogRecord[] = [];
    const earlyTail = await log().tail(topic, (records) => early.push(...records));
    await send(100, 200);
    const lateTail = await log().tail(topic, (records) => late.push(...records));
    await send(200, 300);
    await until('both tails have all', () => early.length >= 200 && late.length >= 100);
    await earlyTail.stop();
    await send(300, 400);
    await until('the late tail goes on', () => late.length >= 200);
    await lateTail.stop();

    const sorted = (values: string[]) => values.map(Number).sort((a, b) => a - b);
    expect(sorted(valuesOf(early))).toEqual(numbers(100, 300).map(Number));
    expect(sorted(valuesOf(late))).toEqual(numbers(200, 400).map(Number));
    for (let partition = 0; partition < 3; partition++) {
      const offsets = late.filter((record) => record.partition === partition).map((record) => record.offset);
      expect(offsets).toEqual(offsets.map((_, index) => offsets[0]! + index));
    }
  });

  it('starts where an empty topic starts', async () => {
    const topic = await freshTopic(log());
    const seen: LogRecord[] = [];
    const tail = await log().tail(topic, (records) => seen.push(...records));
    await log().append(topic, [orderOf('a', '1')]);
    await until('the first record', () => seen.length === 1);
    await tail.stop();
    expect(seen.map(({ offset, partition }) => [partition, offset])).toEqual([[0, 0]]);
  });
}
