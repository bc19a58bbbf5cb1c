import { describe, expect, it } from 'vitest';
import { defineTable, put, remove } from '#platform/tables/tables.ts';
import { type At, defineFold, type FoldDefinition, type Folded } from './definition.ts';
import { command, from, given, START_MS, timer } from './given.testing.ts';
import type { Join } from './join.ts';
import type { Lookup } from './lookup.ts';
import { recordJson } from './record-json.ts';
import { ALL } from './totals.ts';

const guests = defineTable({
  name: 'guests',
  columns: { name: 'text', page: 'text' },
  partitionKey: ['name'],
  clusteringKey: [],
});
const seats = defineTable({ name: 'seats', columns: { name: 'text' }, partitionKey: ['name'], clusteringKey: [] });
const meals = defineTable({
  name: 'meals',
  columns: { name: 'text', offset: 'bigint', dish: 'text' },
  partitionKey: ['name'],
  clusteringKey: ['offset'],
});

type Event = { readonly kind: 'sit' | 'leave' | 'bell' } | { readonly kind: 'eat'; readonly dish: string };

interface Guest {
  readonly dishes: number;
  readonly until_ms: number | null;
}

const STAY_MS = 60_000;

const eaten: Lookup<Event, Guest, Set<unknown>> = {
  table: meals,
  within: ({ dishes }, event) => (dishes > 0 && event.kind === 'eat' ? [{ name: 'ann' }] : []),
  empty: () => new Set(),
  add: (dishes, { dish }) => dishes.add(dish),
};

/** Dishes that one guest has eaten, at the most. */
const most: Join<Guest, number> = {
  initial: 0,
  merge: (kept, _, { dishes }) => Math.max(kept, dishes),
  encode: String,
  decode: Number,
};

/** A fold that has everything: a guest takes a seat for a minute, eats no dish twice, and the greatest eater is remembered. */
const restaurant = defineFold({
  name: 'restaurant',
  topic: 'restaurant-events',
  group: 'restaurant',
  rejectedTopic: 'restaurant-rejected',
  totalsTopic: 'restaurant-totals',
  emits: ['kitchen'],
  delays: { stay: { duration_ms: STAY_MS } },
  measures: { dishes: { nonNegative: true }, guests: { nonNegative: true } },
  pin: () => ({ ok: true, fingerprint: 'restaurant', pin: undefined }),
  read(record) {
    const event = recordJson(record.value) as Event | undefined;
    return event ? { ok: true, key: String(record.key), event, periods: [] } : { ok: false, reason: 'it is no JSON' };
  },
  pages: { table: guests, keyOf: (name) => ({ name }) },
  initial: { dishes: 0, until_ms: null },
  encode: (state: Guest) => JSON.stringify(state),
  decode: (value) => value as Guest,
  fold: serve,
  expiry: {
    due_ms: ({ until_ms }) => until_ms ?? undefined,
    expire: (state) => ({ state: { ...state, until_ms: null }, totals: guestsBy(-1), touched: ['seat'] }),
  },
  lookup: eaten,
  join: most,
  memberRows: (name, { until_ms }, _, { lsn }) => [until_ms === null ? remove(seats, { name }, lsn) : put(seats, { name }, lsn)],
});

function serve(
  guest: Guest,
  event: Event,
  at: Pick<At, 'time_ms' | 'offset'>,
  found?: readonly unknown[],
): Folded<Guest, 'kitchen', 'stay', 'dishes' | 'guests'> {
  const isSeated = guest.until_ms !== null;
  switch (event.kind) {
    case 'sit':
      if (isSeated) return { outcome: 'repeated', emits: [{ topic: 'kitchen', key: 'ann', value: 'seated' }] };
      return {
        outcome: 'counted',
        state: { ...guest, until_ms: at.time_ms + STAY_MS },
        totals: guestsBy(1),
        touched: ['seat'],
        emits: [{ topic: 'kitchen', key: 'ann', value: 'seated' }],
        after: [{ delay: 'stay', key: 'ann', value: '{"kind":"bell"}' }],
      };
    case 'eat':
      if (!isSeated) return { outcome: 'refused', state: guest };
      if (found?.some((dishes) => dishes instanceof Set && dishes.has(event.dish))) return { outcome: 'repeated' };
      return {
        outcome: 'counted',
        state: { ...guest, dishes: guest.dishes + 1 },
        totals: [{ period: ALL, name: 'restaurant', figures: { dishes: 1 } }],
        rows: [put(meals, { name: 'ann', offset: at.offset, dish: event.dish }, at.offset)],
      };
    default:
      return { outcome: 'counted', state: guest };
  }
}

function guestsBy(guests: number) {
  return [{ period: ALL, name: 'restaurant', figures: { guests } }];
}

const sit = command('ann', { kind: 'sit' });
const eat = (dish: string) => command('ann', { kind: 'eat', dish });
const ate = (dish: string, offset: number) => ({ table: 'meals', row: { name: 'ann', offset, dish } });

describe('given, when, gives', () => {
  it('shows all that a record leads to', async () => {
    await given(restaurant)
      .when(sit)
      .gives({
        rows: [{ table: 'seats', row: { name: 'ann' } }],
        emits: [{ topic: 'kitchen', key: 'ann', value: 'seated' }],
        after: [{ delay: 'stay', key: 'ann', value: { kind: 'bell' } }],
        totals: [{ period: ALL, name: 'restaurant', figures: { guests: 1 } }],
        state: { dishes: 0, until_ms: START_MS + STAY_MS },
      });
    await given(restaurant, sit, eat('ramen'))
      .when(eat('soba'))
      .gives({ rows: [ate('soba', 2)], totals: [{ period: ALL, name: 'restaurant', figures: { dishes: 1 } }], kept: 2 });
  });

  it('tells the refusal, nothing to do, and the answer once more', async () => {
    await given(restaurant).when(eat('ramen')).gives({ outcome: 'refused' });
    await given(restaurant, sit, eat('ramen')).when(eat('ramen')).gives({ outcome: 'repeated' });
    await given(restaurant, sit)
      .when(sit)
      .gives({ outcome: 'repeated', emits: [{ topic: 'kitchen', key: 'ann', value: 'seated' }] });
    await given(restaurant).when(command('ann', 'sit down')).gives({ outcome: 'rejected', reason: 'it is no JSON' });
  });

  it('expires a deadline, at the timer and at whatever comes first', async () => {
    const left = { rows: [{ table: 'seats', removed: { name: 'ann' } }], totals: guestsBy(-1), state: { dishes: 0, until_ms: null } };
    await given(restaurant, sit)
      .when(timer('stay', 'ann', { kind: 'bell' }, START_MS + STAY_MS))
      .gives(left);
    await given(restaurant, sit)
      .when(command('ann', { kind: 'eat', dish: 'ramen' }, START_MS + STAY_MS))
      .gives({ ...left, outcome: 'refused' });
  });

  it('knows an emission that was heard before', async () => {
    const heard = from('door/3', 'ann', { kind: 'sit' }, { emission: [7, 1] });
    await given(restaurant, heard, command('ann', { kind: 'leave' }))
      .when(heard)
      .gives({ outcome: 'repeated' });
    await given(restaurant, from('door/3', 'ann', { kind: 'leave' }))
      .when(from('door/3', 'ann', { kind: 'leave' }))
      .gives({});
  });
});

describe('a case fails', () => {
  type Restaurant = FoldDefinition<Event, Guest, undefined, 'kitchen', 'stay', 'dishes' | 'guests'>;
  const eating = (broken: Restaurant, expected = {}) =>
    expect(
      given(broken, sit, eat('soba'))
        .when(eat('ramen'))
        .gives({ rows: [ate('ramen', 2)], totals: [{ period: ALL, name: 'restaurant', figures: { dishes: 1 } }], ...expected }),
    );

  it('where something else is expected, or nothing', async () => {
    await eating(restaurant).resolves.toBeUndefined();
    for (const wrong of [{ outcome: 'refused' }, { rows: [] }, { totals: [] }, { state: { dishes: 1, until_ms: null } }, { kept: 1 }])
      await eating(restaurant, wrong).rejects.toThrow('what the record gives');
  });

  it('where a row has not the version of its record', async () => {
    const late: Restaurant = { ...restaurant, fold: (...event) => withVersion(serve(...event), 99) };
    await eating(late).rejects.toThrow('what the record gives');
  });

  it('where the fold remembers something beside the state', async () => {
    let calls = 0;
    const counting: Restaurant = {
      ...restaurant,
      fold: (...event) => ({ ...serve(...event), emits: [{ topic: 'kitchen', key: 'ann', value: `${calls++}` }] }),
    };
    await eating(counting, { emits: [{ topic: 'kitchen', key: 'ann', value: '2' }] }).rejects.toThrow('when it is redone');
  });

  it('where the page does not say all of the state', async () => {
    const forgetful: Restaurant = {
      ...restaurant,
      encode: ({ dishes }) => JSON.stringify({ dishes: Math.min(dishes, 0), until_ms: null }),
    };
    await eating(forgetful).rejects.toThrow('the tables when all is folded in one batch');
  });

  it('where a state is changed in place', async () => {
    const initial = { dishes: 0, until_ms: null };
    const changing: Restaurant = {
      ...restaurant,
      initial,
      fold: (state) => ({ outcome: 'counted', state: Object.assign(state, { dishes: 1 }) }),
    };
    await eating(changing).rejects.toThrow('read only property');
    expect(initial.dishes).toBe(0);
  });

  it('where a timer is of no delay of the fold', () => {
    expect(() => given(restaurant, timer('stya', 'ann', { kind: 'bell' }, START_MS))).toThrow('restaurant declares no delay stya');
  });

  it('where the fold stops', async () => {
    const wrong: Restaurant = {
      ...restaurant,
      fold: () => ({ outcome: 'counted', state: { dishes: 0, until_ms: null }, totals: guestsBy(-1) }),
    };
    await eating(wrong).rejects.toThrow('guests of all/restaurant fell below zero');
  });
});

function withVersion<Effect extends Folded<Guest, 'kitchen', 'stay', 'dishes' | 'guests'>>(folded: Effect, version: number): Effect {
  return 'rows' in folded ? { ...folded, rows: folded.rows?.map((row) => ({ ...row, version })) } : folded;
}
