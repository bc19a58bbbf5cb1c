import { describe, expect, it } from 'vitest';
import { createStand, recordOf, SHARD } from './fold.testing.ts';
import { Abandoned } from './outcome.ts';

const totals = (period: string, orders: number, users: number) => ({ period, name: 'w', figures: { orders, users } });

describe('an owner', () => {
  it('folds what is there, commits it, publishes it and stores the group’s offset', async () => {
    const stand = createStand();
    stand.records = [recordOf(0), recordOf(1, { ts: 3 }), recordOf(2, { id: 'x0' }), { ...recordOf(3), value: Buffer.from([0xff]) }];
    await stand.run();
    const state = stand.memory.readShard(SHARD, 'every');
    expect(state).toMatchObject({ epoch: 1, nextOffset: 4 });
    expect(state.totals).toEqual(expect.arrayContaining([totals('all', 2, 1), totals('day-0', 1, 0), totals('day-1', 1, 0)]));
    expect(stand.groupOffset).toBe(4);
    expect(stand.published().at(-1)).toMatchObject({ fold: 'small', shard: 0, nextOffset: 4 });
    expect(stand.flushes).toMatchObject([{ records: 4, redone: 0, repeated: 1, rejected: 1, skipped: 0, nextOffset: 4 }]);
    expect(stand.flushes[0]?.counted).toHaveLength(2);
    const letters = stand.appended.filter(({ topic }) => topic === 'rejected').map(({ value }) => JSON.parse(value));
    expect(letters).toEqual([{ topic: 'orders', partition: 0, offset: 3, reason: 'garbage', key: null, value_base64: '/w==' }]);
    expect(stand.abandons).toEqual([]);
  });

  it('rejects even what is so large that the log would not take all of it again', async () => {
    const stand = createStand();
    stand.records = [{ ...recordOf(0), key: Buffer.alloc(500_000), value: Buffer.alloc(1_000_000) }];
    await stand.run();
    const [letter] = stand.appended.filter(({ topic }) => topic === 'rejected');
    expect(Buffer.byteLength(letter?.value ?? '')).toBeLessThan(900_000);
    expect(JSON.parse(letter?.value ?? '')).toMatchObject({ offset: 0, key_bytes: 500_000, value_bytes: 1_000_000 });
    expect(stand.groupOffset).toBe(1);
  });

  it('keeps the beginning of what is too large for a dead letter, and all of the rest', async () => {
    const stand = createStand();
    const kept = 64 * 1024;
    stand.records = [
      { ...recordOf(0), key: Buffer.from('k'.repeat(kept)), value: Buffer.from(`${'v'.repeat(kept)}w`) },
      { ...recordOf(1), value: Buffer.from(`${'v'.repeat(kept - 1)}é`) },
    ];
    stand.rules.read = () => ({ ok: false, reason: `wrong: ${'x'.repeat(1_000_000)}` });
    await stand.run();
    const reason = `wrong: ${'x'.repeat(1_000 - 'wrong: '.length)}`;
    // Cut in the middle of a character it is no text.
    const cut = Buffer.from(`${'v'.repeat(kept - 1)}é`).subarray(0, kept);
    const letters = stand.appended.filter(({ topic }) => topic === 'rejected').map(({ value }) => JSON.parse(value));
    expect(letters).toEqual([
      { topic: 'orders', partition: 0, offset: 0, reason, key: 'k'.repeat(kept), value: 'v'.repeat(kept), value_bytes: kept + 1 },
      { topic: 'orders', partition: 0, offset: 1, reason, key: null, value_base64: cut.toString('base64'), value_bytes: kept + 1 },
    ]);
  });

  it('rejects a record whose key no table takes, and goes on', async () => {
    const stand = createStand();
    const long = `0${'a'.repeat(8_192)}`;
    stand.records = [recordOf(0), recordOf(1, { user: long }), recordOf(2)];
    await stand.run();
    expect(stand.alarms).toEqual([]);
    expect(stand.abandons).toEqual([]);
    expect(stand.groupOffset).toBe(3);
    const letters = stand.appended.filter(({ topic }) => topic === 'rejected').map(({ value }) => JSON.parse(value));
    expect(letters).toMatchObject([
      {
        offset: 1,
        reason: expect.stringMatching(/^its key cannot be a key of the tables: user_counts.user_id .text.: needs at most 8192 bytes/),
      },
    ]);
  });

  it('reads at once after a claim, and lingers from one flush to the next', async () => {
    const stand = createStand();
    stand.records = [recordOf(0), recordOf(1)];
    stand.limits = { ...stand.limits, flushRecords: 1, linger_ms: 200 };
    const lingers_ms: number[] = [];
    const { read } = stand.partition;
    stand.partition.read = (options) => {
      lingers_ms.push(options.linger_ms);
      return read(options);
    };
    await stand.run();
    expect(lingers_ms).toEqual([0, 200, 200]);
  });

  it('tells readers of the totals that it finds at a claim', async () => {
    const stand = createStand();
    stand.records = [recordOf(0)];
    await stand.run();
    stand.appended.length = 0;
    await stand.run();
    expect(stand.published()).toEqual([{ fold: 'small', shard: 0, nextOffset: 1, totals: [totals('all', 1, 1)] }]);
  });

  it('changes nothing when the group is rewound, and publishes the days again', async () => {
    const stand = createStand();
    stand.records = [recordOf(0), recordOf(1)];
    await stand.run();
    const before = [...stand.memory.rows()];
    stand.groupOffset = 0;
    stand.appended.length = 0;
    await stand.run();
    expect([...stand.memory.rows()]).toEqual(before);
    expect(stand.memory.readShard(SHARD, 'every').totals).toEqual(expect.arrayContaining([totals('all', 2, 1)]));
    expect(stand.flushes.at(-1)).toMatchObject({ redone: 0, skipped: 2, counted: [] });
    expect(stand.published().at(-1)?.totals).toEqual([totals('all', 2, 1), totals('day-0', 2, 0)]);
    expect(stand.groupOffset).toBe(2);
  });

  it('keeps no more users and days between flushes than it may', async () => {
    const stand = createStand();
    stand.limits = { ...stand.limits, flushRecords: 1, cachedPages: 1, cachedPeriods: 1 };
    stand.records = [recordOf(0), recordOf(1, { user: '0b', ts: 3 }), recordOf(2, { user: '0b', ts: 3 }), recordOf(3)];
    const reads: string[] = [];
    const { get, readShard } = stand.tables;
    stand.tables.get = (table, keys) => {
      reads.push(...keys.map((key) => String(Object.values(key)[0])));
      return get(table, keys);
    };
    stand.tables.readShard = (shard, periods, consistency) => {
      reads.push(...periods);
      return readShard(shard, periods, consistency);
    };
    await stand.run();
    expect(reads).toEqual(['all', 'edges', 'day-0', 'day-1', 'day-0', '0a']);
    expect(stand.memory.readShard(SHARD, ['all']).totals).toEqual([totals('all', 4, 2)]);
  });
});

describe('an owner whose calls fail', () => {
  it('sends the same commit again, and takes the refusal of a copy for its success', async () => {
    const stand = createStand();
    stand.records = [recordOf(0)];
    const { commitShard } = stand.tables;
    const sent: unknown[] = [];
    stand.tables.commitShard = async (shard, commit) => {
      sent.push(commit);
      const reply = await commitShard(shard, commit);
      if (sent.length === 1) throw new Error('no answer');
      return reply;
    };
    await stand.run();
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
    expect(stand.abandons).toEqual([]);
    expect(stand.groupOffset).toBe(1);
    expect(stand.memory.readShard(SHARD, ['all']).totals).toEqual([totals('all', 1, 1)]);
  });

  it('waits longer after each failure, and forgets everything after the last attempt', async () => {
    const stand = createStand();
    stand.records = [recordOf(0)];
    stand.limits = { ...stand.limits, attempts: 4, backoff_ms_min: 50, backoff_ms_max: 150 };
    const { write } = stand.tables;
    let failures = 4;
    stand.tables.write = async (mutations) => {
      if (failures-- > 0) throw new Error('no answer');
      await write(mutations);
    };
    await stand.run();
    expect(stand.slept_ms).toEqual([50, 100, 150, 50]);
    expect(stand.abandons).toMatchObject([{ name: 'Abandoned', reason: 'unanswered', cause: { message: 'no answer' } }]);
    expect(stand.memory.readShard(SHARD, ['all'])).toMatchObject({ epoch: 2, nextOffset: 1, totals: [totals('all', 1, 1)] });
    expect(stand.flushes).toMatchObject([{ counted: [], redone: 1 }]);
    expect([...stand.memory.rows()].length).toBe(5);
  });

  it('forgets everything when another owner has claimed, and claims again', async () => {
    const stand = createStand();
    stand.records = [recordOf(0)];
    const { commitShard } = stand.tables;
    let claimed = false;
    stand.tables.commitShard = async (shard, commit) => {
      if (!claimed) stand.memory.claim(SHARD, { epoch: 1, nextOffset: 0, fingerprint: '[["w",0],["y",0],["k",0],["t",0]]' });
      claimed = true;
      return commitShard(shard, commit);
    };
    await stand.run();
    expect(stand.abandons).toMatchObject([{ reason: 'commit_refused' }]);
    expect(stand.memory.readShard(SHARD, ['all'])).toMatchObject({ epoch: 3, nextOffset: 1, totals: [totals('all', 1, 1)] });
  });
});

describe('a shard that is taken away in the middle of a flush', () => {
  it('is flushed to the end, its group offset included', async () => {
    const stand = createStand();
    stand.records = [recordOf(0)];
    const { write } = stand.tables;
    stand.tables.write = async (mutations) => {
      stand.stop();
      await write(mutations);
    };
    await stand.own();
    expect(stand.memory.shard(SHARD).nextOffset).toBe(1);
    expect(stand.groupOffset).toBe(1);
    expect(stand.published().at(-1)?.nextOffset).toBe(1);
    expect([...stand.memory.rows()].length).toBe(5);
    expect(stand.abandons).toEqual([]);
  });

  it('is given up at the first failure', async () => {
    const stand = createStand();
    stand.records = [recordOf(0)];
    stand.tables.write = async () => {
      stand.stop();
      throw new Error('no answer');
    };
    await stand.own();
    expect(stand.abandons).toMatchObject([{ reason: 'stopping' }]);
    expect(stand.abandons[0]).toBeInstanceOf(Abandoned);
    expect(stand.groupOffset).toBeUndefined();
  });
});

describe('the time between two flushes', () => {
  it.each([
    { took_ms: 40, apart_ms: 160 },
    { took_ms: 100, apart_ms: 150 },
  ])(
    'is the linger, less what flushes take, up to a quarter of it: those of $took_ms ms start $apart_ms ms apart',
    async ({ took_ms, apart_ms }) => {
      const stand = createStand();
      stand.limits = { ...stand.limits, flushRecords: 1, linger_ms: 200 };
      stand.records = Array.from({ length: 60 }, (_, offset) => recordOf(offset));
      const { commitShard } = stand.tables;
      stand.tables.commitShard = (shard, commit) => {
        stand.now_ms += took_ms;
        return commitShard(shard, commit);
      };
      const { read } = stand.partition;
      const starts_ms: number[] = [];
      stand.partition.read = async (request) => {
        stand.now_ms += request.linger_ms;
        starts_ms.push(stand.now_ms);
        return read(request);
      };
      await stand.run();
      const [first = 0, second = 0] = starts_ms;
      expect(second - first).toBe(200);
      const [before = 0, last = 0] = starts_ms.slice(58);
      expect(last - before).toBeCloseTo(apart_ms, 0);
    },
  );
});
