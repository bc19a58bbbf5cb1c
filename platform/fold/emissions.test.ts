import { describe, expect, it } from 'vitest';
import type { At, Delayed, Emission } from './definition.ts';
import { EMISSIONS_MAX, emissionsOf, recordsByTopic } from './emissions.ts';
import { createStand, recordOf, SHARD } from './fold.testing.ts';

const FOLD = { name: 'trade', delays: { deadline: { duration_ms: 500 } } };
const AT: At = { key: '0', shard: 3, offset: 17, time_ms: 1_000, cause: undefined, delay: undefined };

function emissions(count: number): Emission[] {
  return Array.from({ length: count }, (_, n) => ({ topic: 'stock', key: `${n}`, value: 'v' }));
}

function deadlines(count: number): Delayed[] {
  return Array.from({ length: count }, (_, n) => ({ delay: 'deadline', key: `${n}`, value: 'v' }));
}

describe('the emissions of a record', () => {
  it('are numbered in their order, those of delays after the others, each with its source', () => {
    const origins = emissionsOf(FOLD, AT, emissions(2), deadlines(1)).map(({ topic, origin }) => ({ topic, ...origin }));
    expect(origins).toEqual([
      { topic: 'stock', cause: { from: 'trade/3', offset: 17, n: 0, since_ms: 1_000 }, timer: undefined },
      { topic: 'stock', cause: { from: 'trade/3', offset: 17, n: 1, since_ms: 1_000 }, timer: undefined },
      {
        topic: 'trade-delay-deadline',
        cause: { from: 'trade/3>deadline', offset: 17, n: 2, since_ms: 1_000 },
        timer: { delay: 'deadline', due_ms: 1_500 },
      },
    ]);
  });

  it('began when the first record of their chain was accepted', () => {
    const cause = { from: 'stock/0', offset: 4, n: 0, since_ms: 200 };
    const [emitted, delayed] = emissionsOf(FOLD, { ...AT, cause }, emissions(1), deadlines(1));
    expect(emitted?.origin.cause.since_ms).toBe(200);
    expect(delayed?.origin).toMatchObject({ cause: { since_ms: 200 }, timer: { due_ms: 1_500 } });
  });

  it('are 64 at the most, those of delays included', () => {
    expect(EMISSIONS_MAX).toBe(64);
    expect(emissionsOf(FOLD, AT, emissions(63), deadlines(1))).toHaveLength(64);
    expect(() => emissionsOf(FOLD, AT, emissions(64), deadlines(1))).toThrow('a record led to 65 emissions; 64 are the most');
  });

  it('go to declared delays only', () => {
    const after = [{ delay: 'tomorrow', key: 'k', value: 'v' }];
    expect(() => emissionsOf(FOLD, AT, [], after)).toThrow('trade declares no delay tomorrow');
  });

  it('keep their order within each topic', () => {
    const topics = recordsByTopic(emissionsOf(FOLD, AT, emissions(3), deadlines(2)), 42);
    expect([...topics].map(([topic, records]) => [topic, records.map(({ key }) => key)])).toEqual([
      ['stock', ['0', '1', '2']],
      ['trade-delay-deadline', ['0', '1']],
    ]);
  });
});

describe('a record that leads to too many emissions', () => {
  it('stops its shard: nothing of it is committed or sent', async () => {
    const stand = createStand();
    stand.records = [recordOf(0)];
    stand.rules.fold = (state) => ({ outcome: 'counted', state, emits: emissions(65) });
    await stand.run();
    expect(stand.alarms).toMatchObject([{ kind: 'unfoldable', message: expect.stringContaining('65 emissions; 64 are the most') }]);
    expect(stand.memory.shard(SHARD).nextOffset).toBe(0);
    expect(stand.appended.filter(({ topic }) => topic === 'stock')).toEqual([]);
  });
});
