import { expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { appendValues, freshGroup, freshTopic, numbers, type OpenLog, readCount, valuesOf, whileOwning } from './owning.ts';

/** What one claim of one partition promises: where it starts, what it reads, what it commits. */
export function claimContract(log: OpenLog): void {
  it('has no group offset at first, then the committed one, which the next claim starts from', async () => {
    const topic = await freshTopic(log());
    const group = freshGroup();
    await appendValues(log(), topic, numbers(0, 10));
    await whileOwning(log(), topic, group, async (owned) => {
      expect([owned.topic, owned.partition]).toEqual([topic, 0]);
      expect(await owned.groupOffset()).toBeUndefined();
      owned.seek(0);
      expect(valuesOf(await readCount(owned, 4))).toEqual(numbers(0, 4));
      await owned.commit(4);
      expect(await owned.groupOffset()).toBe(4);
    });
    await whileOwning(log(), topic, group, async (owned) => {
      expect(await owned.groupOffset()).toBe(4);
      owned.seek(4);
      expect(valuesOf(await readCount(owned, 6))).toEqual(numbers(4, 10));
      await owned.commit(10);
      await owned.commit(2);
      expect(await owned.groupOffset()).toBe(2);
    });
  });

  it('never commits by itself', async () => {
    const topic = await freshTopic(log());
    const group = freshGroup();
    await appendValues(log(), topic, numbers(0, 10));
    await whileOwning(log(), topic, group, async (owned) => {
      owned.seek(0);
      await readCount(owned, 10);
    });
    await whileOwning(log(), topic, group, async (owned) => {
      expect(await owned.groupOffset()).toBeUndefined();
    });
  });

  it('reads from wherever it is told, also back, also after it has read', async () => {
    const topic = await freshTopic(log());
    await appendValues(log(), topic, numbers(0, 500));
    await whileOwning(log(), topic, freshGroup(), async (owned) => {
      owned.seek(490);
      expect(valuesOf(await readCount(owned, 10))).toEqual(numbers(490, 500));
      owned.seek(3);
      expect(valuesOf(await readCount(owned, 100))).toEqual(numbers(3, 103));
      owned.seek(400);
      owned.seek(50);
      expect(valuesOf(await readCount(owned, 450))).toEqual(numbers(50, 500));
      owned.seek(500);
      await appendValues(log(), topic, ['500']);
      expect(valuesOf(await readCount(owned, 1))).toEqual(['500']);
    });
  });

  it('refuses to read before it was told where, and beyond the end of the log', async () => {
    const topic = await freshTopic(log());
    await appendValues(log(), topic, numbers(0, 3));
    await whileOwning(log(), topic, freshGroup(), async (owned) => {
      await expect(owned.read({ limit: 1, linger_ms: 0 })).rejects.toThrow();
      owned.seek(4);
      await expect(owned.read({ limit: 1, linger_ms: 0 })).rejects.toThrow(/beyond/);
      owned.seek(1);
      expect(valuesOf(await readCount(owned, 2))).toEqual(['1', '2']);
    });
  });

  it('hands at most the limit, and does not linger once it is reached', async () => {
    const topic = await freshTopic(log());
    await appendValues(log(), topic, numbers(0, 7));
    await whileOwning(log(), topic, freshGroup(), async (owned) => {
      owned.seek(0);
      // A read that lingered for an hour would fail the test by its time limit.
      expect(valuesOf(await owned.read({ limit: 3, linger_ms: 3_600_000 }))).toEqual(['0', '1', '2']);
      expect(valuesOf(await owned.read({ limit: 4, linger_ms: 3_600_000 }))).toEqual(['3', '4', '5', '6']);
    });
  });

  it('lingers for more records, then waits for a first one', async () => {
    const topic = await freshTopic(log());
    await whileOwning(log(), topic, freshGroup(), async (owned) => {
      owned.seek(0);
      const read = owned.read({ limit: 2, linger_ms: 3_600_000 });
      await appendValues(log(), topic, ['a']);
      await appendValues(log(), topic, ['b']);
      expect(valuesOf(await read)).toEqual(['a', 'b']);
      const late = owned.read({ limit: 100, linger_ms: 20 });
      await systemClock.sleep(200);
      await appendValues(log(), topic, ['c']);
      expect(valuesOf(await late)).toEqual(['c']);
    });
  });

  it('knows the earliest offset and the next one', async () => {
    const topic = await freshTopic(log());
    await whileOwning(log(), topic, freshGroup(), async (owned) => {
      expect(await owned.bounds()).toEqual({ earliest: 0, end: 0 });
      await appendValues(log(), topic, numbers(0, 5));
      expect(await owned.bounds()).toEqual({ earliest: 0, end: 5 });
    });
  });

  it('reads far more than it can hold at once, in order, however slow its reader', async () => {
    const topic = await freshTopic(log());
    const count = 30_000;
    await appendValues(log(), topic, numbers(0, count));
    await whileOwning(log(), topic, freshGroup(), async (owned) => {
      owned.seek(0);
      let next = 0;
      while (next < count) {
        const read = await owned.read({ limit: 2_500, linger_ms: 0 });
        expect(valuesOf(read)).toEqual(numbers(next, next + read.length));
        next += read.length;
        await owned.commit(next);
      }
      expect(await owned.groupOffset()).toBe(count);
    });
  });
}
