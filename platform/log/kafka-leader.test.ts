import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '#platform/clock/clock.ts';
import { type PartitionBatch, partitionName } from './kafka-cluster.ts';
import { leader } from './kafka-leader.ts';

const STORED = 0;
const NOT_LEADER = 6;
const LATER_MS = 1_000;

const batch = (partition: number, bytes = 10): PartitionBatch => ({ topic: 't', partition, batch: Buffer.alloc(bytes) });

/** A broker that keeps what it is sent until the test answers. */
function given() {
  const requests: { readonly partitions: readonly number[]; readonly answered: PromiseWithResolvers<ReadonlyMap<string, number>> }[] = [];
  let now_ms = 0;
  const clock: Clock = { ...systemClock, monotonic_ms: () => now_ms };
  const { produce } = leader(clock, (batches) => {
    const answered = Promise.withResolvers<ReadonlyMap<string, number>>();
    requests.push({ partitions: batches.map(({ partition }) => partition), answered });
    return answered.promise;
  });
  return {
    produce: (each: PartitionBatch, deadline_ms = LATER_MS) => produce(each, deadline_ms),
    /** The partitions of each request so far. */
    requested: async () => {
      await nextTurn();
      await nextTurn();
      return requests.map(({ partitions }) => partitions);
    },
    answer(index: number, codes: Readonly<Record<number, number>>) {
      requests[index]?.answered.resolve(
        new Map(Object.entries(codes).map(([partition, code]) => [partitionName('t', Number(partition)), code])),
      );
    },
    fail: (index: number, error: Error) => requests[index]?.answered.reject(error),
    waitFor(duration_ms: number) {
      now_ms += duration_ms;
    },
  };
}

describe('requests to a leader', () => {
  it('carry what came in one turn, and tell each partition its own answer', async () => {
    const { produce, requested, answer } = given();
    const answers = [produce(batch(0)), produce(batch(1)), produce(batch(2))];
    expect(await requested()).toEqual([[0, 1, 2]]);
    answer(0, { 2: STORED, 0: STORED, 1: NOT_LEADER });
    expect(await Promise.all(answers)).toEqual([STORED, NOT_LEADER, STORED]);
  });

  it('never take a partition for stored that the answer does not name', async () => {
    const { produce, requested, answer } = given();
    const answers = Promise.allSettled([produce(batch(0)), produce(batch(1))]);
    await requested();
    answer(0, { 0: STORED });
    expect(await answers).toMatchObject([
      { status: 'fulfilled', value: STORED },
      { status: 'rejected', reason: new Error('Kafka did not answer for partition 1 of t') },
    ]);
  });

  it('fail for every partition that was in them, and for no other', async () => {
    const { produce, requested, answer, fail } = given();
    const first = Promise.allSettled([produce(batch(0)), produce(batch(1))]);
    await requested();
    const second = produce(batch(2));
    await requested();
    fail(0, new Error('closed'));
    answer(1, { 2: STORED });
    expect(await second).toBe(STORED);
    const failed = { status: 'rejected', reason: new Error('closed') };
    expect(await first).toMatchObject([failed, failed]);
  });

  it('fail, when one does, for those that wait, too: another may lead them by now', async () => {
    const { produce, requested, fail } = given();
    const answers: Promise<number>[] = [];
    for (const partition of [0, 1, 2]) {
      answers.push(produce(batch(partition)));
      await requested();
    }
    const settled = Promise.allSettled([answers[0], answers[2]]);
    fail(0, new Error('timed out'));
    const failed = { status: 'rejected', reason: new Error('timed out') };
    expect(await settled).toMatchObject([failed, failed]);
    expect(await requested()).toEqual([[0], [1]]);
  });

  it('are limited in number; what comes meanwhile is gathered', async () => {
    const { produce, requested, answer } = given();
    const answers: Promise<number>[] = [];
    for (const partition of [0, 1, 2, 3]) {
      answers.push(produce(batch(partition)));
      await requested();
    }
    expect(await requested()).toEqual([[0], [1]]);
    answer(0, { 0: STORED });
    expect(await requested()).toEqual([[0], [1], [2, 3]]);
    answer(1, { 1: STORED });
    answer(2, { 2: STORED, 3: STORED });
    expect(await Promise.all(answers)).toEqual([STORED, STORED, STORED, STORED]);
  });

  it('are limited in bytes, but take one batch of any size', async () => {
    const { produce, requested } = given();
    const mebibyte = 1024 * 1024;
    for (const [partition, bytes] of [9 * mebibyte, 4 * mebibyte, 4 * mebibyte, 1].entries()) void produce(batch(partition, bytes));
    expect(await requested()).toEqual([[0], [1, 2]]);
  });

  it('leave out what is late', async () => {
    const { produce, requested, answer, waitFor } = given();
    const answers = [produce(batch(0)), produce(batch(1))];
    await requested();
    answers.push(produce(batch(2)));
    await requested();
    const late = produce(batch(3), 100);
    const inTime = produce(batch(4));
    waitFor(100);
    answer(0, { 0: STORED, 1: STORED });
    await expect(late).rejects.toThrow('in time');
    expect(await requested()).toEqual([[0, 1], [2], [4]]);
    answer(1, { 2: STORED });
    answer(2, { 4: STORED });
    expect(await Promise.all([...answers, inTime])).toEqual([STORED, STORED, STORED, STORED]);
  });
});
