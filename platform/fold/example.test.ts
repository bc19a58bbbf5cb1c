import { expect, it } from 'vitest';
import { delayTopics } from './delay-topics.ts';
import { carts } from './example.testing.ts';
import { command, given, START_MS, timer } from './given.testing.ts';

const MINUTE_MS = 60_000;
const added = (time_ms: number) => command('u1', { user: 'u1', kind: 'added' }, time_ms);
const abandoned = (due_ms: number) => timer('abandoned', 'u1', { user: 'u1', kind: 'abandoned' }, due_ms);
const REMINDED = {
  emits: [{ topic: 'reminders', key: 'u1', value: { user: 'u1', items: 1 } }],
  totals: [{ period: 'all', name: 'carts', figures: { reminders: 1 } }],
} as const;

it('puts a look at the cart off', () =>
  given(carts)
    .when(added(START_MS))
    .gives({
      after: [{ delay: 'abandoned', key: 'u1', value: { user: 'u1', kind: 'abandoned' } }],
      state: { items: 1, abandoned_ms: START_MS + 10 * MINUTE_MS },
    }));

it('reminds once a cart has been left alone', () =>
  given(carts, added(START_MS))
    .when(abandoned(START_MS + 10 * MINUTE_MS))
    .gives({ outcome: 'repeated', ...REMINDED, state: { items: 1 } }));

it('reminds with the next event where the delay is late, and adds to the cart after that', () =>
  given(carts, added(START_MS))
    .when(added(START_MS + 11 * MINUTE_MS))
    .gives({
      ...REMINDED,
      after: [{ delay: 'abandoned', key: 'u1', value: { user: 'u1', kind: 'abandoned' } }],
      state: { items: 2, abandoned_ms: START_MS + 21 * MINUTE_MS },
    }));

it('leaves a cart in peace that was added to meanwhile, or bought', async () => {
  await given(carts, added(START_MS), added(START_MS + 5 * MINUTE_MS))
    .when(abandoned(START_MS + 10 * MINUTE_MS))
    .gives({ outcome: 'repeated', state: { items: 2, abandoned_ms: START_MS + 15 * MINUTE_MS } });
  await given(carts, added(START_MS), command('u1', { user: 'u1', kind: 'bought' }))
    .when(abandoned(START_MS + 10 * MINUTE_MS))
    .gives({ outcome: 'repeated', state: { items: 0 } });
});

it('rejects what is no event of a cart', async () => {
  for (const value of ['garbage', { kind: 'added' }, { user: '', kind: 'added' }, { user: 'u1', kind: 'bougth' }])
    await given(carts).when(command('u1', value)).gives({ outcome: 'rejected', reason: 'it is no event of a cart' });
});

it('needs one topic for its delay', () => {
  expect(delayTopics(carts, 3)).toMatchObject([{ name: 'carts-delay-abandoned', partitions: 3, cleanup: 'delete' }]);
});
