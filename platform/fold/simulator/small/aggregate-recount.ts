/** Recounts of purchases, items and accounts, in the plainest way and with none of the folds' code. */
import type { TableDefinition } from '#platform/tables/tables.ts';
import type { Arrival, NaiveEmission } from '../naive-causes.ts';
import type { ShardLog, Truth } from '../pipeline.ts';
import { accountRows } from './accounts.ts';
import { itemRows, reservations } from './items.ts';
import { Notes } from './notes.ts';
import { purchaseRows } from './purchases.ts';

/** A record of a client, or of another fold: whatever it says. */
interface Said {
  readonly kind: string;
  readonly id: string;
  readonly item: string;
  readonly count: number;
  readonly customer: string;
  readonly purchase: string;
  readonly expected: number;
  readonly isReserved: boolean;
}

const said = ({ value }: Arrival): Said => JSON.parse(value);

/** @param bonusEvery every so many-th purchase that begins in a shard emits a bonus, as a mutant's does; 0 for none */
export const recountPurchases =
  (bonusEvery = 0) =>
  (log: ShardLog): Truth => {
    const notes = new Notes('purchases', log);
    const begins = [...notes.keys.values()]
      .flatMap((arrivals) => arrivals.find((arrival) => said(arrival).kind === 'buy') ?? [])
      .toSorted((one, other) => one.offset - other.offset);
    const bonus = new Set(begins.filter((_, index) => bonusEvery > 0 && (index + 1) % bonusEvery === 0));
    for (const [key, arrivals] of notes.keys) recountPurchase(notes, key, arrivals, bonus);
    return notes.truth('commands');
  };

function recountPurchase(notes: Notes, key: string, arrivals: readonly Arrival[], bonus: ReadonlySet<Arrival>): void {
  const answers: Record<string, string> = {};
  let [status, item, count, customer, version] = ['new', '', 0, '', 0];
  let changed: Arrival | undefined;
  for (const arrival of arrivals) {
    const event = said(arrival);
    if (event.kind === 'reply') {
      changed = arrival;
      const release = JSON.stringify({ kind: 'release', purchase: key, count, customer });
      if (status === 'waiting') notes.emit(arrival, [{ topic: 'accounts', key: customer, value: '{"kind":"settled"}' }]);
      if (status === 'cancelling' && event.isReserved) notes.emit(arrival, [{ topic: 'items', key: item, value: release }]);
      const then: Record<string, string> = { waiting: event.isReserved ? 'confirmed' : 'refused', cancelling: 'cancelled' };
      status = then[status] ?? 'answered twice';
      continue;
    }
    const known = answers[event.id];
    const answer = known ?? answerTo(event, status, version);
    const begins = known === undefined && answer.startsWith('bought');
    notes.emit(arrival, [
      { topic: 'answers', key, value: `${event.id}: ${answer}` },
      ...(begins ? beginning(event, key, bonus.has(arrival)) : []),
    ]);
    if (known !== undefined) continue;
    changed = arrival;
    answers[event.id] = answer;
    const isGranted = begins || answer === 'noted' || answer === 'cancelled';
    notes.add(arrival, isGranted ? event.kind : 'refused', 1);
    if (isGranted) version++;
    if (answer === 'cancelled') status = 'cancelling';
    if (begins) [status, item, count, customer] = ['waiting', event.item, event.count, event.customer];
  }
  notes.page(purchaseRows as TableDefinition, 'purchase', key, { status, item, count, customer, version, answers }, changed);
}

function answerTo({ kind, id, expected }: Said, status: string, version: number): string {
  if (kind === 'buy') return status === 'new' ? `bought by ${id}` : 'there is one';
  if (kind === 'note') return expected === version ? 'noted' : `at ${version}`;
  return status === 'waiting' ? 'cancelled' : `is ${status}`;
}

function beginning({ item, count, customer }: Said, key: string, hasBonus: boolean): NaiveEmission[] {
  return [
    { topic: 'items', key: item, value: JSON.stringify({ kind: 'reserve', purchase: key, count, customer }) },
    { topic: 'items', key: item, value: '{"kind":"look"}' },
    { topic: 'accounts', key: customer, value: '{"kind":"bought"}' },
    ...(hasBonus ? [{ topic: 'accounts', key: 'customer-1', value: '{"kind":"bonus"}' }] : []),
  ];
}

/** @param by what the list of a shard's items counts: the reservations granted, or, in a mutant, all events */
export const recountItems =
  (by: 'granted' | 'events' = 'granted') =>
  (log: ShardLog): Truth => {
    const notes = new Notes('items', log);
    const served = new Map<string, number>();
    for (const [item, arrivals] of notes.keys) {
      const reply = (to: string, isReserved: boolean) => ({
        topic: 'purchases',
        key: to,
        value: JSON.stringify({ kind: 'reply', isReserved }),
      });
      let [left, turnedAway] = [3, 0];
      const granted = new Map<string, number>();
      for (const arrival of arrivals) {
        const { kind, purchase, count, customer } = said(arrival);
        const notice = (what: string) => ({ topic: 'accounts', key: customer, value: `{"kind":"${what}"}` });
        if (kind === 'restock') left += count;
        if (kind === 'release') {
          left += count;
          granted.delete(purchase);
          notes.add(arrival, 'reserved', -count);
          notes.emit(arrival, [notice('released')]);
        }
        if (kind !== 'reserve') continue;
        if (left < count) {
          turnedAway++;
          notes.emit(arrival, [reply(purchase, false)]);
          continue;
        }
        left -= count;
        granted.set(purchase, (granted.get(purchase) ?? 0) + count);
        served.set(item, (served.get(item) ?? 0) + 1);
        notes.add(arrival, 'reserved', count);
        notes.emit(arrival, [reply(purchase, true), notice('reserved')]);
        notes.rows.push({ table: reservations as TableDefinition, columns: { item, offset: arrival.offset, purchase, count } });
      }
      const looks = arrivals.filter((arrival) => said(arrival).kind === 'look').length;
      const state = { left, held: Object.fromEntries(granted), looks, served: served.get(item) ?? 0, turnedAway };
      notes.page(itemRows as TableDefinition, 'item', item, state, arrivals.at(-1));
    }
    const events = [...notes.keys].map(([item, arrivals]): [string, number] => [item, arrivals.length]);
    const top = (by === 'granted' ? [...served] : events).toSorted(([a, more], [b, less]) => less - more || a.localeCompare(b)).slice(0, 2);
    return notes.truth('units', top.length === 0 ? undefined : top);
  };

export function recountAccounts(log: ShardLog): Truth {
  const notes = new Notes('accounts', log);
  for (const [customer, arrivals] of notes.keys) {
    const kinds = Map.groupBy(arrivals, (arrival) => said(arrival).kind);
    const state = Object.fromEntries([...kinds].map(([kind, all]) => [kind, all.length]));
    for (const arrival of arrivals) notes.add(arrival, said(arrival).kind, 1);
    notes.page(accountRows as TableDefinition, 'customer', customer, state, arrivals.at(-1));
  }
  return notes.truth('notices');
}
