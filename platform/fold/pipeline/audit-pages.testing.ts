/** The audit's first part: every order ended, and the orders and the stock agree. */
import type { TableDefinition, Tables } from '#platform/tables/tables.ts';
import { type Page, pageOf } from '../page.ts';
import type { Audited, Pages } from './audit.testing.ts';
import { stockProducts, tradeOrders } from './names.testing.ts';
import { newProduct, type StockState, stockFold } from './stock.testing.ts';
import { tradeFold } from './trade.testing.ts';
import { type OrderLine, type TradeState, unitsOf } from './trade-order.testing.ts';

const READ_AT_ONCE = 500;

export async function readPages({ tables, shape, orders }: Pick<Audited, 'tables' | 'shape' | 'orders'>): Promise<Pages> {
  const products = new Set([...orders.values()].flat().map(({ product }) => product));
  return {
    orders: await pagesOf<TradeState>(tables, tradeOrders, [...orders.keys()], tradeFold(shape.deadline_ms)),
    products: await pagesOf<StockState>(tables, stockProducts, [...products], stockFold(shape.initialUnits)),
  };
}

type Definition<State> = Parameters<typeof pageOf<State>>[0];

async function pagesOf<State>(
  tables: Tables,
  table: TableDefinition,
  keys: readonly string[],
  definition: Definition<State>,
): Promise<ReadonlyMap<string, Page<State>>> {
  const pages = new Map<string, Page<State>>();
  for (let first = 0; first < keys.length; first += READ_AT_ONCE) {
    const some = keys.slice(first, first + READ_AT_ONCE);
    const rows = await tables.get(
      table,
      some.map((key) => definition.pages.keyOf(key)),
    );
    for (const [index, row] of rows.entries()) {
      const key = some[index] ?? '';
      if (row) pages.set(key, pageOf(definition, key, String(row.page)));
    }
  }
  return pages;
}

export function auditPages({ shape, orders }: Audited, pages: Pages): string[] {
  const problems = [...orders].flatMap(([order, lines]) => {
    const page = pages.orders.get(order);
    if (!page) return [`${order} has no page`];
    const isAsOrdered = JSON.stringify(lines) === JSON.stringify(page.state.lines.map(({ product, quantity }) => ({ product, quantity })));
    return isAsOrdered && hasEnded(page.state) ? [] : [`${order}: ${JSON.stringify(page.state)}`];
  });
  const byProduct = Map.groupBy(
    [...pages.orders.values()].flatMap(({ state }) => state.lines),
    ({ product }) => product,
  );
  for (const [product, lines] of byProduct) {
    const found = pages.products.get(product)?.state;
    const expected = stockAfter(shape.initialUnits, lines);
    if (JSON.stringify(found) !== JSON.stringify(expected))
      problems.push(`${product} is ${JSON.stringify(found)}, but by its orders ${JSON.stringify(expected)}`);
    if (expected.onHand < 0) problems.push(`${product} was sold ${-expected.onHand} times too often`);
  }
  return problems;
}

/** In a final state, answered once for each line and reminded once. */
function hasEnded({ status, lines, deadlines }: TradeState): boolean {
  const isAnsweredOnce = lines.every(({ answers }) => answers === 1);
  const hold = lines.every(({ answer }) =>
    status === 'confirmed' ? answer === 'reserved' : answer === 'released' || answer === 'refused',
  );
  const isFinal = status === 'confirmed' || status === 'refused' || status === 'cancelled';
  return isFinal && hold && isAnsweredOnce && deadlines === 1;
}

/** The stock of a product of which these lines were asked for. */
function stockAfter(initialUnits: number, lines: readonly OrderLine[]): StockState {
  const { reserved = [], released = [], refused = [] } = Object.groupBy(lines, ({ answer }) => answer);
  const held = unitsOf(reserved);
  return {
    ...newProduct(initialUnits - held),
    held,
    reserves: reserved.length + released.length,
    refusals: refused.length,
    releases: released.length,
    unitsReserved: held + unitsOf(released),
  };
}
