import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '#platform/clock/clock.ts';
import { AppendFailed, type Log, type NewRecord } from '#platform/log/log.ts';
import { until } from '../orders.testing.ts';
import { DEFAULT_INGEST_LIMITS, type IngestLimits, IngestQueue } from './ingest-queue.ts';

/** A queue before a log that keeps what it is given until the test lets it go. */
function given(limits: Partial<IngestLimits> = {}) {
  const appends: { readonly records: readonly NewRecord[]; readonly done: () => void; readonly fail: (error: Error) => void }[] = [];
  let now_ms = 0;
  const clock: Clock = { ...systemClock, monotonic_ms: () => now_ms };
  const append: Log['append'] = (_topic, records) =>
    new Promise((resolve, reject) => appends.push({ records, done: resolve, fail: reject }));
  const queue = new IngestQueue({ append }, clock, pino({ level: 'silent' }), { ...DEFAULT_INGEST_LIMITS, ...limits });
  return {
    queue,
    appends,
    appended: (count: number) => until(async () => appends.length === count),
    waitFor(duration_ms: number) {
      now_ms += duration_ms;
    },
  };
}

const records = (...keys: string[]): NewRecord[] => keys.map((key) => ({ key, value: 'order', timestamp_ms: 0 }));
const keysOf = (of: readonly NewRecord[] | undefined) => of?.map(({ key }) => key);
const NONE = new Set<number>();

describe('the queue', () => {
  it('appends what came in one turn of the event loop together, in its order', async () => {
    const { queue, appends, appended } = given();
    const added = [queue.add(records('a', 'b')), queue.add(records('c'))];
    await appended(1);
    expect(keysOf(appends[0]?.records)).toEqual(['a', 'b', 'c']);
    appends[0]?.done();
    expect(await Promise.all(added)).toEqual([NONE, NONE]);
  });

  it('has a limited number of appends under way; what comes meanwhile is gathered', async () => {
    const { queue, appends, appended } = given({ appends: 2 });
    const added: (Promise<ReadonlySet<number>> | undefined)[] = [];
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      added.push(queue.add(records(key)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await appended(2);
    expect(appends.map((append) => keysOf(append.records))).toEqual([['a'], ['b']]);
    appends[0]?.done();
    await appended(3);
    expect(keysOf(appends[2]?.records)).toEqual(['c', 'd', 'e']);
    appends[1]?.done();
    appends[2]?.done();
    expect(await Promise.all(added)).toEqual(Array(5).fill(NONE));
  });

  it('limits an append, but never splits what came together', async () => {
    const { queue, appends, appended } = given({ appendOrders: 3, appends: 1 });
    const added = [queue.add(records('a', 'b')), queue.add(records('c', 'd')), queue.add(records('e'))];
    await appended(1);
    expect(keysOf(appends[0]?.records)).toEqual(['a', 'b', 'c', 'd']);
    appends[0]?.done();
    await appended(2);
    expect(keysOf(appends[1]?.records)).toEqual(['e']);
    appends[1]?.done();
    await Promise.all(added);
  });

  it('takes all or nothing, by orders and by bytes', async () => {
    const { queue, appends, appended } = given({ orders: 3, bytes: 30 });
    const first = queue.add(records('a', 'b'));
    expect(queue.add(records('c', 'd'))).toBeUndefined();
    expect(queue.full).toBe(false);
    expect(queue.add([{ key: 'c', value: '🍣'.repeat(5), timestamp_ms: 0 }])).toBeUndefined();
    const second = queue.add(records('c'));
    expect(queue.full).toBe(true);
    await appended(1);
    expect(queue.full).toBe(true);
    appends[0]?.done();
    await Promise.all([first, second]);
    expect(queue.full).toBe(false);
  });

  it('takes what is larger than all the room when nothing else is there', async () => {
    const { queue, appends, appended } = given({ orders: 2, bytes: 1 });
    const large = queue.add(records('a', 'b', 'c'));
    expect(large).toBeDefined();
    expect(queue.add(records('d'))).toBeUndefined();
    await appended(1);
    appends[0]?.done();
    expect(await large).toEqual(NONE);
    expect(queue.add(records('d'))).toBeDefined();
  });

  it('tells each group which of its own records are not known to be durable', async () => {
    const { queue, appends, appended } = given();
    const added = [queue.add(records('a', 'b')), queue.add(records('c')), queue.add(records('d', 'e', 'f'))];
    await appended(1);
    appends[0]?.fail(new AppendFailed(new Set([1, 3, 5]), new Error('the leader is gone')));
    expect(await Promise.all(added)).toEqual([new Set([1]), NONE, new Set([0, 2])]);
    expect(queue.add(records('g'))).toBeDefined();
  });

  it('takes nothing in while the oldest waits too long for its append, and again once that has begun', async () => {
    const { queue, appends, appended, waitFor } = given({ appends: 1, admit_ms: 1_000 });
    const added = [queue.add(records('a'))];
    await appended(1);
    added.push(queue.add(records('b')));
    waitFor(1_000);
    expect(queue.full).toBe(false);
    added.push(queue.add(records('c')));
    waitFor(1);
    expect(queue.full).toBe(true);
    expect(queue.add(records('d'))).toBeUndefined();
    appends[0]?.done();
    await appended(2);
    expect(keysOf(appends[1]?.records)).toEqual(['b', 'c']);
    waitFor(5_000);
    expect(queue.full).toBe(false);
    appends[1]?.done();
    expect(await Promise.all(added)).toEqual(Array(3).fill(NONE));
  });

  it('gives back what has waited too long for its append to begin', async () => {
    const { queue, appends, appended, waitFor } = given({ appends: 1, admit_ms: 1_000, wait_ms: 1_000 });
    const stuck = queue.add(records('a'));
    await appended(1);
    const late = queue.add(records('b', 'c'));
    waitFor(600);
    const fresh = queue.add(records('d'));
    waitFor(600);
    appends[0]?.fail(new Error('no answer'));
    expect(await stuck).toEqual(new Set([0]));
    expect(await late).toEqual(new Set([0, 1]));
    await appended(2);
    expect(keysOf(appends[1]?.records)).toEqual(['d']);
    appends[1]?.done();
    expect(await fresh).toEqual(NONE);
  });

  it('closes when the fate of everything is decided', async () => {
    const { queue, appends, appended } = given({ appends: 1 });
    const added = [queue.add(records('a'))];
    await appended(1);
    added.push(queue.add(records('b')));
    let closed = false;
    const closing = queue.close().then(() => {
      closed = true;
    });
    expect(queue.add(records('c'))).toBeUndefined();
    expect(queue.full).toBe(true);
    appends[0]?.done();
    await appended(2);
    expect(closed).toBe(false);
    appends[1]?.done();
    await closing;
    expect(await Promise.all(added)).toEqual([NONE, NONE]);
    await queue.close();
  });
});
