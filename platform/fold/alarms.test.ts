import { describe, expect, it } from 'vitest';
import { RECORD_BYTES_MAX, UnwritableRecord } from '#platform/log/log.ts';
import { put, UnwritableRow } from '#platform/tables/tables.ts';
import { createStand, recordOf, SHARD, type Stand } from './fold.testing.ts';
import { shardJoins } from './join.ts';
import { NAMES_MAX } from './limits.ts';
import { topOf } from './shapes/top.ts';
import { type SmallState, smallFold } from './simulator/small/orders-fold.ts';

/** A shard whose next_offset is 3. */
async function counted(): Promise<Stand> {
  const stand = createStand();
  stand.records = [recordOf(0), recordOf(1), recordOf(2)];
  await stand.run();
  stand.appended.length = 0;
  return stand;
}

/** Runs an owner that must alarm, and must have folded nothing. */
async function alarmOf(stand: Stand) {
  const before = stand.memory.shard(SHARD).nextOffset;
  const group = stand.groupOffset;
  await stand.run();
  expect(stand.alarms).toHaveLength(1);
  expect(stand.memory.shard(SHARD).nextOffset).toBe(before);
  expect(stand.groupOffset).toBe(group);
  expect(stand.abandons).toEqual([]);
  return { kind: stand.alarms[0]?.kind, message: stand.alarms[0]?.message };
}

describe('group_ahead', () => {
  it('alarms where the group stands beyond what is counted', async () => {
    const stand = await counted();
    stand.records = [0, 1, 2, 3, 4, 5].map((offset) => recordOf(offset));
    stand.groupOffset = 5;
    expect(await alarmOf(stand)).toEqual({
      kind: 'group_ahead',
      message: expect.stringMatching(
        /group green-counter stands at offset 5 of orders\/0, beyond next_offset 3: .* Set the group's offset to 3/,
      ),
    });
  });

  it('does not, where another owner claimed meanwhile and moved it', async () => {
    const stand = await counted();
    const { groupOffset } = stand.partition;
    let asked = 0;
    stand.partition.groupOffset = async () => {
      if (asked++ > 0) return groupOffset();
      const { fingerprint, epoch } = stand.memory.shard(SHARD);
      stand.memory.claim(SHARD, { epoch, nextOffset: 3, fingerprint: fingerprint ?? '' });
      stand.memory.commit(SHARD, { epoch: epoch + 1, base: 3, next: 4, totals: [] });
      stand.groupOffset = 4;
      return 4;
    };
    stand.records = [0, 1, 2, 3].map((offset) => recordOf(offset));
    await stand.run();
    expect(stand.alarms).toEqual([]);
    expect(stand.abandons).toMatchObject([{ reason: 'other_owner' }]);
  });
});

describe('log_truncated', () => {
  it('alarms where the log ends below what is counted, and goes on saying so', async () => {
    const stand = await counted();
    stand.records = [recordOf(0)];
    stand.groupOffset = 1;
    expect(await alarmOf(stand)).toEqual({
      kind: 'log_truncated',
      message: expect.stringMatching(/orders\/0 ends at offset 1, below next_offset 3/),
    });
  });

  it('does not, where a leader only lagged', async () => {
    const stand = await counted();
    const { bounds } = stand.partition;
    let asked = 0;
    stand.partition.bounds = async () => (asked++ < 3 ? { earliest: 0, end: 1 } : bounds());
    await stand.run();
    expect(stand.alarms).toEqual([]);
    expect(stand.slept_ms).toEqual([5_000, 5_000, 5_000]);
  });
});

describe('records_lost', () => {
  it('alarms where retention removed what the group has not taken', async () => {
    const stand = await counted();
    stand.records = [recordOf(7), recordOf(8)];
    expect(await alarmOf(stand)).toEqual({
      kind: 'records_lost',
      message: expect.stringMatching(/orders\/0 now begins at offset 7, but the next record to be taken is 3/),
    });
  });

  it('alarms where the group has no offset and the log begins beyond what is counted', async () => {
    const stand = await counted();
    stand.records = [recordOf(7)];
    stand.groupOffset = undefined;
    expect(await alarmOf(stand)).toMatchObject({ kind: 'records_lost' });
  });

  it('alarms where they were removed between two records of one read', async () => {
    const stand = await counted();
    stand.records = [recordOf(3), recordOf(4), recordOf(7)];
    stand.partition.bounds = async () => ({ earliest: 7, end: 8 });
    expect(await alarmOf(stand)).toEqual({
      kind: 'records_lost',
      message: expect.stringMatching(/now begins at offset 7, but the next record to be taken is 5/),
    });
  });

  it('does not, where offsets jump over the markers of a transaction', async () => {
    const stand = await counted();
    stand.records = [recordOf(0), recordOf(4), recordOf(5), recordOf(9)];
    await stand.run();
    expect(stand.alarms).toEqual([]);
    expect(stand.memory.shard(SHARD).nextOffset).toBe(10);
    expect(stand.groupOffset).toBe(10);
  });

  it('does not, where a new shard meets a log that has been cut', async () => {
    const stand = createStand();
    stand.records = [recordOf(5), recordOf(6)];
    await stand.run();
    expect(stand.alarms).toEqual([]);
    expect(stand.memory.shard(SHARD).nextOffset).toBe(7);
  });
});

describe('configuration', () => {
  it('alarms where the menu lost a menu type, before the shard is claimed', async () => {
    const stand = await counted();
    stand.menu = 'first';
    expect(await alarmOf(stand)).toEqual({
      kind: 'configuration',
      message: 'shard 0 refuses this configuration: the menu lost a menu type',
    });
    expect(stand.memory.shard(SHARD).epoch).toBe(1);
    expect(stand.published()).toEqual([]);
  });

  it('alarms where the totals have a measure that the fold does not sum any more', async () => {
    const stand = await counted();
    stand.rules.measures = { orders: { nonNegative: true } };
    expect(await alarmOf(stand)).toEqual({
      kind: 'configuration',
      message: expect.stringMatching(/the totals have users of all\/w, which this program does not sum/),
    });
    expect(stand.published()).toEqual([]);
  });

  it('does not, where a menu type was added: it counts from then on', async () => {
    const stand = createStand();
    stand.menu = 'first';
    stand.records = [recordOf(0), recordOf(1, { menu: 't' })];
    await stand.run();
    stand.menu = 'larger';
    stand.records = [...stand.records, recordOf(2, { menu: 't' })];
    stand.groupOffset = 0;
    await stand.run();
    expect(stand.alarms).toEqual([]);
    const { totals } = stand.memory.readShard(SHARD, ['all']);
    expect(totals).toContainEqual({ period: 'all', name: 't', figures: { orders: 1, users: 1 } });
  });
});

const RULES = smallFold('larger');

describe('unfoldable', () => {
  const broken = (cause: string) => ({ kind: 'unfoldable', message: expect.stringMatching(cause) });

  it('alarms where the rules fail at a record, and says at which', async () => {
    const stand = await counted();
    stand.records = [...stand.records, recordOf(3), recordOf(4)];
    const { fold } = RULES;
    stand.rules.fold = (state, event, at) => {
      if (at.offset === 4) throw new TypeError('cannot read properties of undefined');
      return fold(state, event, at);
    };
    expect(await alarmOf(stand)).toEqual(broken('^shard 0 cannot be folded: the record at offset 4: TypeError: cannot read'));
    stand.rules.fold = fold;
    await stand.run();
    expect(stand.memory.shard(SHARD).nextOffset).toBe(5);
  });

  it('alarms where the totals get more names than they may have', async () => {
    const stand = await counted();
    stand.records = [...stand.records, recordOf(3)];
    stand.rules.fold = (state) => {
      const totals = Array.from({ length: NAMES_MAX }, (_, name) => ({ period: 'all', name: `${name}`, figures: { orders: 1 } }));
      return { outcome: 'counted', state, totals };
    };
    expect(await alarmOf(stand)).toEqual(broken('the record at offset 3: Error: 255 is one name too many in the totals of all'));
  });

  it('alarms where an expiry changes totals of a period that its record does not name', async () => {
    const stand = await counted();
    stand.records = [...stand.records, recordOf(3)];
    const totals = [{ period: 'day-9', name: 'w', figures: { orders: 1 } }];
    const deadlines = [0];
    stand.rules.expiry = { due_ms: () => deadlines.pop(), expire: (state) => ({ state, totals }) };
    expect(await alarmOf(stand)).toEqual(
      broken('the record at offset 3: Error: totals of day-9 were not loaded before they changed: read names the periods'),
    );
  });

  it('alarms where an expiry leaves the deadline that has passed: it would expire with each event again', async () => {
    const stand = await counted();
    stand.records = [...stand.records, recordOf(3)];
    stand.rules.expiry = { due_ms: () => 0, expire: (state) => ({ state }) };
    expect(await alarmOf(stand)).toEqual(broken('leaves the deadline that has passed'));
  });

  it('alarms where a record names the period of the engine’s own totals', async () => {
    const stand = await counted();
    stand.records = [...stand.records, recordOf(3)];
    stand.rules.read = (record, shard, pin) => {
      const event = RULES.read(record, shard, pin);
      return event.ok ? { ...event, periods: ['edges'] } : event;
    };
    expect(await alarmOf(stand)).toEqual(broken("the record at offset 3: Error: the period edges is the engine's own"));
  });

  it('alarms where a record cannot even be read', async () => {
    const stand = await counted();
    stand.records = [...stand.records, recordOf(3)];
    stand.rules.read = () => {
      throw new RangeError('no such day');
    };
    expect(await alarmOf(stand)).toEqual(broken('the record at offset 3: RangeError: no such day'));
  });

  it('alarms where rows cannot be made, or tables refuse them for their values; mended, they are written after all', async () => {
    const stand = await counted();
    stand.records = [...stand.records, recordOf(3)];
    const { write } = stand.tables;
    stand.rules.eventRows = (events) => {
      if (events.length > 0) throw new Error('no row');
      return [];
    };
    await stand.run();
    delete stand.rules.eventRows;
    stand.tables.write = async () => {
      throw new UnwritableRow('events.user (text): needs a text');
    };
    await stand.run();
    expect(stand.alarms).toMatchObject([
      broken('the rows of those below offset 4: Error: no row'),
      broken('the rows: UnwritableRow: events.user .text.: needs a text'),
    ]);
    expect(stand.groupOffset).toBe(3);
    stand.tables.write = write;
    await stand.run();
    expect(stand.groupOffset).toBe(4);
    expect(stand.memory.shard(SHARD).nextOffset).toBe(4);
  });

  it('alarms where no log takes what a flush publishes, at a claim too', async () => {
    const stand = await counted();
    stand.records = [...stand.records, recordOf(3)];
    stand.log.append = async (topic) => {
      if (topic === 'totals') throw new UnwritableRecord('too large');
    };
    expect(await alarmOf(stand)).toEqual(broken('the totals: UnwritableRecord: too large'));
  });

  it('alarms where a record would lead to one that no log takes, before it is committed', async () => {
    const stand = await counted();
    stand.records = [...stand.records, recordOf(3)];
    stand.rules.fold = (state) => {
      return { outcome: 'counted', state, emits: [{ topic: 'elsewhere', key: 'k', value: 'x'.repeat(RECORD_BYTES_MAX) }] };
    };
    expect(await alarmOf(stand)).toEqual(broken('the record at offset 3: UnwritableRecord: the record of key "k" has 900001 bytes'));
  });

  it('alarms at the claim where another program has written the row of the join', async () => {
    const stand = await counted();
    stand.memory.apply(put(shardJoins, { ...SHARD, kept: '{' }, 1));
    stand.rules.join = topOf<SmallState>({ limit: 1, figure: () => 1 });
    expect(await alarmOf(stand)).toEqual(broken('the row of shard 0 in shard_joins: SyntaxError'));
  });

  it('alarms where tables refuse what is read', async () => {
    const stand = await counted();
    stand.records = [...stand.records, recordOf(3)];
    stand.tables.get = async () => {
      throw new UnwritableRow('user_counts.user_id (text): needs a text');
    };
    expect(await alarmOf(stand)).toEqual(broken('a row that is read: UnwritableRow: user_counts.user_id .text.: needs a text'));
  });

  it('does not, where a driver fails, whatever the class of its error', async () => {
    const stand = await counted();
    stand.records = [...stand.records, recordOf(3)];
    const { write } = stand.tables;
    let refusals = 5;
    stand.tables.write = async (mutations) => {
      if (refusals-- > 0) throw new TypeError("Cannot read properties of undefined (reading 'write')");
      await write(mutations);
    };
    await stand.run();
    expect(stand.alarms).toEqual([]);
    expect(stand.memory.shard(SHARD).nextOffset).toBe(4);
    expect(stand.groupOffset).toBe(4);
  });

  it('does not, where another owner’s rows made the rules fail', async () => {
    const stand = await counted();
    stand.records = [...stand.records, recordOf(3)];
    let failures = 0;
    const { fold } = RULES;
    stand.rules.fold = (state, event, at) => {
      if (at.offset < 3 || failures++ > 0) return fold(state, event, at);
      const { fingerprint, epoch } = stand.memory.shard(SHARD);
      stand.memory.claim(SHARD, { epoch, nextOffset: 3, fingerprint: fingerprint ?? '' });
      throw new Error('totals fell below zero');
    };
    await stand.run();
    expect(stand.alarms).toEqual([]);
    expect(stand.abandons).toMatchObject([{ name: 'Unfoldable' }]);
    expect(stand.memory.shard(SHARD).nextOffset).toBe(4);
  });
});
