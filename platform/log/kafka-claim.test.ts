import { expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { Claim, type ClaimSource, type Fetched } from './kafka-claim.ts';
import { type LogRecord, NO_HEADERS } from './log.ts';

/** A consumer that only writes down what it is told. */
function recordingSource(end: number): ClaimSource & { readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    clock: systemClock,
    logger: { warn: () => undefined, debug: () => undefined },
    groupOffset: async () => undefined,
    bounds: async () => ({ earliest: 10, end }),
    seek: (_, offset) => told.push(`seek ${offset}`),
    pause: () => told.push('pause'),
    resume: () => told.push('resume'),
    commit: async (_, offset) => {
      told.push(`commit ${offset}`);
    },
  };
}

/** What a fetch from an offset brings when every offset holds a record. */
function fetched(from: number, count: number, first = from): Fetched {
  const records = Array.from({ length: count }, (_, index): LogRecord => {
    return { partition: 0, offset: first + index, key: null, value: Buffer.alloc(4), timestamp_ms: 0, headers: NO_HEADERS };
  });
  return { from, next: first + count, records, bytes: 4 * count };
}

/** A claim that fetches from an offset, and a read of it that is under way. */
async function reading(offset: number, limit: number, end = 1_000_000) {
  const source = recordingSource(end);
  const claim = new Claim('topic', 0, source);
  claim.seek(offset);
  const read = claim.read({ limit, linger_ms: 0 });
  await new Promise((resolve) => setImmediate(resolve));
  return { source, claim, read };
}

async function offsetsOf(read: Promise<readonly LogRecord[]>): Promise<number[]> {
  return (await read).map(({ offset }) => offset);
}

it('fetches from where it is told, at the earliest record there is', async () => {
  const { source, claim, read } = await reading(3, 2);
  expect(source.told).toEqual(['pause', 'seek 10', 'resume']);
  expect(claim.deliver(fetched(10, 3))).toBe(true);
  expect(await offsetsOf(read)).toEqual([10, 11]);
  expect(await offsetsOf(claim.read({ limit: 2, linger_ms: 0 }))).toEqual([12]);
});

it('refuses a fetch that began elsewhere, and has the right one fetched again', async () => {
  const { source, claim, read } = await reading(20, 100);
  expect(claim.deliver(fetched(500, 5))).toBe(false);
  expect(claim.deliver(fetched(15, 10))).toBe(false);
  expect(source.told.slice(-2)).toEqual(['seek 20', 'seek 20']);
  expect(claim.deliver(fetched(20, 2))).toBe(true);
  expect(claim.deliver(fetched(500, 5))).toBe(false);
  expect(await offsetsOf(read)).toEqual([20, 21]);
});

it('believes a jump ahead that comes again: nothing lies between', async () => {
  const { claim, read } = await reading(20, 100);
  expect(claim.deliver(fetched(30, 2))).toBe(false);
  expect(claim.deliver(fetched(30, 2))).toBe(true);
  expect(await offsetsOf(read)).toEqual([30, 31]);
});

it('fails when the log goes back behind its position, until it is told another one', async () => {
  const { claim, read } = await reading(20, 100);
  expect(claim.deliver(fetched(10, 2))).toBe(false);
  expect(claim.deliver(fetched(10, 2))).toBe(false);
  await expect(read).rejects.toThrow(/beyond the end/);
  claim.seek(12);
  const again = claim.read({ limit: 1, linger_ms: 0 });
  await new Promise((resolve) => setImmediate(resolve));
  expect(claim.deliver(fetched(12, 2))).toBe(true);
  expect(await offsetsOf(again)).toEqual([12]);
});

it('drops what was fetched ahead, and takes nothing until the next position is known', async () => {
  const { claim, read } = await reading(20, 1);
  claim.deliver(fetched(20, 10));
  expect(await offsetsOf(read)).toEqual([20]);
  claim.seek(100);
  expect(claim.deliver(fetched(30, 1))).toBe(false);
  const next = claim.read({ limit: 1, linger_ms: 0 });
  await new Promise((resolve) => setImmediate(resolve));
  expect(claim.deliver(fetched(30, 1))).toBe(false);
  expect(claim.deliver(fetched(100, 1))).toBe(true);
  expect(await offsetsOf(next)).toEqual([100]);
});

it('pauses the fetching while its owner is slow, and resumes it once half is read', async () => {
  const { source, claim, read } = await reading(20, 1);
  claim.deliver(fetched(20, 6_000));
  expect(source.told.at(-1)).toBe('resume');
  claim.deliver(fetched(6_020, 6_000));
  expect(source.told.at(-1)).toBe('pause');
  expect(await offsetsOf(read)).toEqual([20]);
  await claim.read({ limit: 6_000, linger_ms: 3_600_000 });
  expect(source.told.at(-1)).toBe('pause');
  await claim.read({ limit: 1_500, linger_ms: 3_600_000 });
  expect(source.told.at(-1)).toBe('resume');
});

it('hands nothing once it is aborted, still commits, and no more when it is lost', async () => {
  const { source, claim, read } = await reading(20, 1);
  claim.abort();
  expect(await read).toEqual([]);
  expect(claim.deliver(fetched(20, 1))).toBe(false);
  claim.seek(50);
  expect(await claim.read({ limit: 1, linger_ms: 0 })).toEqual([]);
  await claim.commit(21);
  claim.lose();
  await expect(claim.commit(22)).rejects.toThrow(/lost/);
  expect(source.told).toEqual(['pause', 'seek 20', 'resume', 'commit 21']);
});
