import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { type LogRecord, NO_HEADERS, type RecordHeaders } from '../log.ts';
import { type OpenLog, orderOf, readAll, until } from './owning.ts';

/** Of each record that is appended; undefined where it has none. */
const SOME: readonly (RecordHeaders | undefined)[] = [
  undefined,
  { cause: '{"from":"orders/3","offset":17,"n":0}' },
  {},
  { empty: '', '': 'without a name' },
  { 懐石: '🍄‍🟫🎋', 'a\u0000b': '\n' },
  JSON.parse('{"__proto__":"p","constructor":"c","toString":"t"}'),
  { large: 'あ'.repeat(30_000) },
  Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`n${index}`, String(index)])),
  undefined,
];

/** Names and values, whatever object they are in. */
function entriesOf(of: readonly (RecordHeaders | undefined)[]): [string, string][][] {
  return of.map((headers) => Object.entries(headers ?? NO_HEADERS).sort());
}

/** What headers promise. */
export function headersContract(log: OpenLog): void {
  it.each(['delete', 'compact'] as const)('come back as they were, consumed and tailed, in a topic with cleanup %s', async (cleanup) => {
    const topic = `contract-${randomUUID()}`;
    await log().createTopics([{ name: topic, partitions: 1, cleanup, retention_ms: -1, purpose: 'a contract test' }]);
    const tailed: LogRecord[] = [];
    const tail = await log().tail(topic, (records) => tailed.push(...records));
    const records = SOME.map((headers, index) => ({ ...orderOf(`k${index}`, `v${index}`), ...(headers && { headers }) }));
    await log().append(topic, records);
    const consumed = await readAll(log(), topic, SOME.length);
    await until('the tail has all', () => tailed.length === SOME.length);
    await tail.stop();
    for (const read of [consumed, tailed]) {
      expect(read.map(({ key, value }) => [String(key), String(value)])).toEqual(records.map(({ key, value }) => [key, value]));
      expect(entriesOf(read.map(({ headers }) => headers))).toEqual(entriesOf(SOME));
    }
  });

  it('are one and the same empty object where there are none', async () => {
    const topic = `contract-${randomUUID()}`;
    await log().createTopics([{ name: topic, partitions: 1, cleanup: 'delete', retention_ms: -1, purpose: 'a contract test' }]);
    await log().append(topic, [orderOf('a', '1'), { ...orderOf('a', '2'), headers: {} }, { ...orderOf('a', '3'), headers: NO_HEADERS }]);
    for (const { headers } of await readAll(log(), topic, 3)) expect(headers).toBe(NO_HEADERS);
    expect(Object.isFrozen(NO_HEADERS)).toBe(true);
  });
}
