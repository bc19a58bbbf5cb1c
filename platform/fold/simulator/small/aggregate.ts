/** The pipeline of two deciders that answer each other, and of accounts that hear of both. */
import type { LogRecord } from '#platform/log/log.ts';
import { partitionOf } from '#platform/log/partition.ts';
import type { Random } from '#platform/random/random.ts';
import type { StoredRow } from '../memory-tables.ts';
import { pick } from '../pick.ts';
import { type FeedRecord, type Pipeline, type SimulatedFold, simulatedFold } from '../pipeline.ts';
import { accountsFold } from './accounts.ts';
import { recountAccounts, recountItems, recountPurchases } from './aggregate-recount.ts';
import { type Item, itemRows, itemsFold, STOCK } from './items.ts';
import { ACCOUNTS, type Command, ITEMS, PURCHASES, type Purchase, purchaseRows, purchasesFold } from './purchases.ts';

/** The pipeline, perhaps with other folds: those of a mutant. */
export function aggregateOf({
  purchases = simulatedFold(() => purchasesFold(), recountPurchases()),
  items = simulatedFold(() => itemsFold(), recountItems()),
}: {
  readonly purchases?: SimulatedFold;
  readonly items?: SimulatedFold;
}): Pipeline {
  return {
    name: 'aggregate',
    folds: [purchases, items, simulatedFold(accountsFold, recountAccounts)],
    partitions: (random) => new Map([PURCHASES, ITEMS, ACCOUNTS].map((topic) => [topic, pick(random, [1, 2, 2])])),
    feed,
    factsOf: (rows) => rows,
    balance: (topics, rows) => balance(topics(ITEMS), rows),
  };
}

export const smallAggregate = aggregateOf({});

/** Some purchases of one or two items, keys of either partition among them; each command perhaps again, soon or late. */
function feed(random: Random, partitionsOf: (topic: string) => number): readonly (readonly FeedRecord[])[] {
  const record = (topic: string, key: string, value: string): FeedRecord => ({
    topic,
    key,
    value,
    partition: partitionOf(key, partitionsOf(topic)),
    gap: 0,
  });
  const commands: FeedRecord[] = [];
  const send = (key: string, command: Command) => commands.push(record(PURCHASES, key, JSON.stringify(command)));
  const again = pick(random, [0, 0.2, 0.5]);
  const [items, customers] = [1 + random.below(2), 1 + random.below(2)];
  for (let purchase = 0, purchases = 1 + random.below(pick(random, [2, 5])); purchase < purchases; purchase++) {
    const key = `buy-${purchase}`;
    const item = `item-${random.below(items)}`;
    send(key, { id: 'b', kind: 'buy', item, count: 1 + random.below(2), customer: `customer-${1 + random.below(customers)}` });
    for (let note = random.below(4); note > 0; note--) send(key, { id: `n${note}`, kind: 'note', expected: random.below(4) });
    if (random.chance(0.3)) send(key, { id: 'c', kind: 'cancel' });
    if (random.chance(again)) commands.push(pick(random, commands));
    if (random.chance(0.03)) commands.push(record(PURCHASES, key, 'garbage'));
    if (random.chance(again)) commands.push(pick(random, commands));
  }
  const restocks = Array.from({ length: random.below(3) }, () =>
    record(ITEMS, `item-${random.below(items)}`, '{"kind":"restock","count":1}'),
  );
  return [commands, restocks];
}

/** What is gone of an item is what the confirmed purchases have; nothing is oversold; no purchase waits, and none was answered twice. */
function balance(records: readonly LogRecord[], rows: readonly StoredRow[]): string[] {
  const problems: string[] = [];
  const added = new Map<string, number>();
  for (const { key, value } of records) {
    const { kind, count } = JSON.parse(String(value)) as { kind: string; count: number };
    if (kind === 'restock') added.set(String(key), (added.get(String(key)) ?? 0) + count);
  }
  const purchases = rows.filter(({ table }) => table.name === purchaseRows.name).map(({ row }) => stateOf<Purchase>(row.page));
  for (const { status } of purchases)
    if (['waiting', 'cancelling', 'answered twice'].includes(status)) problems.push(`a purchase ends as ${status}`);
  for (const { table, row } of rows) {
    if (table.name !== itemRows.name) continue;
    const item = String(row.item);
    const { left } = stateOf<Item>(row.page);
    const gone = STOCK + (added.get(item) ?? 0) - left;
    const sold = purchases.filter((one) => one.status === 'confirmed' && one.item === item).reduce((sum, { count }) => sum + count, 0);
    if (gone !== sold) problems.push(`${gone} of ${item} are gone, ${sold} were sold`);
    if (left < 0) problems.push(`${item} is oversold`);
  }
  return problems;
}

function stateOf<State>(page: unknown): State {
  return (JSON.parse(String(page)) as { readonly state: State }).state;
}
