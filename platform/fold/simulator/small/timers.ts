/** The pipeline of carts with deadlines and of mails: delays of two folds, one that leads to the next, and a cycle of topics. */
import { partitionOf } from '#platform/log/partition.ts';
import type { Random } from '#platform/random/random.ts';
import type { TableDefinition } from '#platform/tables/tables.ts';
import type { Arrival, NaiveDelayed, NaiveEmission } from '../naive-causes.ts';
import { pick } from '../pick.ts';
import { type FeedRecord, type Pipeline, type ShardLog, simulatedFold, type Truth } from '../pipeline.ts';
import { CARTS, cartRows, cartsFold, MAILS } from './carts.ts';
import { mailRows, mailsFold } from './mails.ts';
import { Notes } from './notes.ts';

export const smallTimers: Pipeline = {
  name: 'timers',
  folds: [simulatedFold(cartsFold, recountCarts), simulatedFold(mailsFold, recountMails)],
  partitions: (random) =>
    new Map(
      [CARTS, MAILS, 'carts-delay-idle', 'carts-delay-remind', 'mails-delay-gather'].map((topic) => [topic, pick(random, [1, 1, 2])]),
    ),
  feed,
  factsOf: (rows) => rows,
};

function feed(random: Random, partitionsOf: (topic: string) => number): readonly (readonly FeedRecord[])[] {
  const users = 1 + random.below(2);
  return [
    Array.from({ length: 1 + random.below(pick(random, [3, 8])) }, () => {
      const key = `user-${random.below(users)}`;
      const value = random.chance(0.03) ? 'garbage' : `{"kind":"${random.chance(0.2) ? 'buy' : 'touch'}"}`;
      return { topic: CARTS, key, value, partition: partitionOf(key, partitionsOf(CARTS)), gap: 0 };
    }),
  ];
}

function recountCarts(log: ShardLog): Truth {
  const notes = new Notes('carts', log);
  for (const [user, arrivals] of notes.keys) recountCart(notes, user, arrivals);
  return notes.truth('carts');
}

function recountCart(notes: Notes, user: string, arrivals: readonly Arrival[]): void {
  let [touches, bought, abandoned, reminders, idle, mailed] = [0, 0, 0, 0, 0, 0];
  /** When the last touch that still counts was. */
  let touched_ms: number | null = null;
  for (const arrival of arrivals) {
    const emits: NaiveEmission[] = [];
    const after: NaiveDelayed[] = [];
    const mail = (kind: string) => emits.push({ topic: 'mails', key: user, value: `{"kind":"${kind}"}` });
    const remind = (of: number, step: number) =>
      after.push({ delay: 'remind', duration_ms: 1_000, key: user, value: `{"kind":"remind","abandoned":${of},"step":${step}}` });
    if (touched_ms !== null && arrival.time_ms >= touched_ms + 2_000) {
      touched_ms = null;
      abandoned++;
      notes.add(arrival, 'abandoned', 1);
      mail('abandoned');
      remind(abandoned, 1);
    }
    const said = JSON.parse(arrival.value) as { kind: string; abandoned: number; step: number; mails: number };
    if (said.kind === 'touch') {
      touches++;
      touched_ms = arrival.time_ms;
      after.push({ delay: 'idle', duration_ms: 2_000, key: user, value: '{"kind":"idle"}' });
    } else if (said.kind === 'buy' && touches > bought) {
      bought = touches;
      touched_ms = null;
      notes.add(arrival, 'bought', 1);
    } else if (said.kind === 'mailed') {
      mailed += said.mails;
    } else if (said.kind === 'remind' && touched_ms === null && said.abandoned === abandoned && bought < touches) {
      reminders++;
      mail('reminder');
      if (said.step < 3) remind(abandoned, said.step + 1);
    } else if (said.kind !== 'buy') {
      idle++;
    }
    notes.emit(arrival, emits, after);
  }
  const due_ms = touched_ms === null ? null : touched_ms + 2_000;
  notes.page(
    cartRows as TableDefinition,
    'user',
    user,
    { user, touches, bought, due_ms, abandoned, reminders, idle, mailed },
    arrivals.at(-1),
  );
}

function recountMails(log: ShardLog): Truth {
  const notes = new Notes('mails', log);
  for (const [user, arrivals] of notes.keys) {
    let [waiting, told, mails] = [0, 0, 0];
    for (const arrival of arrivals) {
      if (arrival.value !== '{"kind":"gather"}') {
        if (waiting === 0) notes.emit(arrival, [], [{ delay: 'gather', duration_ms: 500, key: user, value: '{"kind":"gather"}' }]);
        waiting++;
        continue;
      }
      notes.emit(arrival, [{ topic: 'carts', key: user, value: `{"kind":"mailed","mails":${waiting}}` }]);
      [told, mails, waiting] = [told + waiting, mails + 1, 0];
    }
    notes.page(mailRows as TableDefinition, 'user', user, { waiting, told, mails }, arrivals.at(-1));
  }
  return notes.truth('none');
}
