/** The audit's second part: totals and joins are what a recount of the pages gives. */
import { partitionOf } from '#platform/log/partition.ts';
import type { Tables, TotalRow } from '#platform/tables/tables.ts';
import { EDGES } from '../edges.ts';
import { shardJoins } from '../join.ts';
import { ALL } from '../totals.ts';
import type { Audited, Pages } from './audit.testing.ts';
import { TOP_PRODUCTS, topProducts } from './top-products.testing.ts';
import { type TradeState, unitsOf } from './trade-order.testing.ts';

/** Figures that are not nothing, by `period/name/measure`. */
export type Figures = ReadonlyMap<string, number>;

export async function auditTotals(audited: Audited, pages: Pages): Promise<string[]> {
  const { tables, shape } = audited;
  const trade = figuresOf(await totalsOf(tables, 'trade', shape.tradeShards));
  const stock = figuresOf(await totalsOf(tables, 'stock', shape.stockShards));
  return [
    ...differences('totals of trade', trade, recountTrade(audited, pages)),
    ...differences('totals of stock', stock, recountStock(pages, shape.initialUnits)),
  ];
}

/** Of all shards, but for their edges. */
export async function totalsOf(tables: Tables, fold: string, shards: number): Promise<TotalRow[]> {
  const states = await Promise.all(Array.from({ length: shards }, (_, shard) => tables.readShard({ fold, shard }, 'every', 'serial')));
  return states.flatMap(({ totals }) => totals.filter(({ period }) => period !== EDGES));
}

export function figuresOf(rows: readonly TotalRow[]): Figures {
  const sums = new Map<string, number>();
  for (const { period, name, figures } of rows)
    for (const [measure, figure] of Object.entries(figures)) add(sums, `${period}/${name}/${measure}`, figure);
  return sums;
}

/** The differences between what was found and what it should be. */
export function differences(what: string, found: Figures, expected: Figures): string[] {
  const names = [...new Set([...found.keys(), ...expected.keys()])];
  return names.flatMap((name) => {
    const [is, should] = [found.get(name) ?? 0, expected.get(name) ?? 0];
    return is === should ? [] : [`${what}: ${name} is ${is}, not ${should}`];
  });
}

function recountTrade({ days }: Audited, pages: Pages): Figures {
  const figures = new Map<string, number>();
  const count = ({ status, lines }: TradeState) => {
    add(figures, `${ALL}/${status}/orders`, 1);
    add(figures, `${ALL}/${status}/units`, unitsOf(lines));
  };
  for (const { state } of pages.orders.values()) if (state.status !== 'none') count(state);
  for (const [day, orders] of days) add(figures, `${day}/started/orders`, orders);
  return figures;
}

function recountStock(pages: Pages, initialUnits: number): Figures {
  const figures = new Map<string, number>();
  for (const { state } of pages.products.values()) {
    add(figures, `${ALL}/reserved/requests`, state.reserves);
    add(figures, `${ALL}/refused/requests`, state.refusals);
    add(figures, `${ALL}/released/requests`, state.releases);
    add(figures, `${ALL}/reserved/units`, state.unitsReserved);
    add(figures, `${ALL}/released/units`, state.unitsReserved - state.held);
    add(figures, `${ALL}/reserved/balance`, -state.unitsReserved);
    add(figures, `${ALL}/released/balance`, state.unitsReserved - state.held);
    if (state.onHand + state.held !== initialUnits) add(figures, 'units that are neither on hand nor held', 1);
  }
  for (const { state } of pages.orders.values())
    for (const line of state.lines) if (line.answer === 'refused') add(figures, `${ALL}/refused/units`, line.quantity);
  return figures;
}

export async function auditJoins({ tables, shape }: Audited, pages: Pages): Promise<string[]> {
  const keys = Array.from({ length: shape.stockShards }, (_, shard) => ({ fold: 'stock', shard }));
  const rows = await tables.get(shardJoins, keys);
  return rows.flatMap((row, shard) => {
    const products = [...pages.products].filter(([product]) => partitionOf(product, shape.stockShards) === shard);
    const ranked = products.map(([key, { state }]) => ({ key, figure: state.unitsReserved })).filter(({ figure }) => figure > 0);
    const expected = ranked.toSorted((one, other) => other.figure - one.figure || (one.key < other.key ? -1 : 1)).slice(0, TOP_PRODUCTS);
    const found = row ? topProducts.decode(JSON.parse(row.kept)) : [];
    const isAs = JSON.stringify(found) === JSON.stringify(expected);
    return isAs ? [] : [`the join of shard ${shard} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`];
  });
}

function add(figures: Map<string, number>, name: string, figure: number): void {
  figures.set(name, (figures.get(name) ?? 0) + figure);
}
