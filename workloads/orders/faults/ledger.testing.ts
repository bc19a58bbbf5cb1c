/** What clients were told of each order, and what the tables say: every order that got 202 must be counted once. */
import { readFileSync } from 'node:fs';
import { Client, types } from 'cassandra-driver';
import { systemClock } from '#platform/clock/clock.ts';
import { ordersOfUserPage } from '../order-pages.ts';
import type { UserOrder } from '../tally.ts';
import { storedUser } from '../user-row.ts';
import type { Fleet } from './fleet.testing.ts';

/** `unknown`: no answer, or one that says that the order may be in the log or not. */
export type Fate = 'accepted' | 'unknown';

export interface Verdict {
  /** Accepted orders that do not stand in the raw orders. */
  readonly lost: number;
  /** Orders that stand there twice or were never sent, and what the totals have beyond the raw orders. */
  readonly doubled: number;
}

const SETTLE_MS_MAX = 240_000;

export class Ledger {
  readonly #fates = new Map<string, Fate>();

  /** An order that was sent several times is accepted where any send was. */
  note(order_id: string, fate: Fate): void {
    if (this.#fates.get(order_id) !== 'accepted') this.#fates.set(order_id, fate);
  }

  /** Takes over the file of `kaiseki replay --record`. */
  takeRecord(path: string): { readonly accepted: number; readonly uncertain: number } {
    const ids = new Set<string>();
    for (const line of readFileSync(path, 'utf8').trimEnd().split('\n')) {
      const { order_id, fate }: { order_id: string; fate: Fate } = JSON.parse(line);
      ids.add(order_id);
      this.note(order_id, fate);
    }
    const accepted = [...ids].filter((id) => this.#fates.get(id) === 'accepted').length;
    return { accepted, uncertain: ids.size - accepted };
  }

  /** Waits until the raw orders hold every accepted order, and the totals as many as the raw orders. */
  async settle(fleet: Fleet): Promise<Verdict> {
    const deadline_ms = systemClock.monotonic_ms() + SETTLE_MS_MAX;
    for (;;) {
      const found = await rawOrders(fleet);
      const lost = [...this.#fates].filter(([id, fate]) => fate === 'accepted' && !found.has(id)).length;
      const twice = [...found.values()].filter((offsets) => offsets.size > 1).length;
      const invented = [...found.keys()].filter((id) => !this.#fates.has(id)).length;
      const total = await fleet.counted();
      if ((lost === 0 && total === found.size) || systemClock.monotonic_ms() > deadline_ms) {
        return { lost, doubled: twice + invented + Math.max(0, (total ?? 0) - found.size) };
      }
      await systemClock.sleep(1_000);
    }
  }
}

/** Every counted order by its id, and where in the log it was counted: those in the users' rows, then those on their pages. */
async function rawOrders({ generation }: Fleet): Promise<Map<string, Set<number>>> {
  const contactPoints = generation.environment.CASSANDRA_CONTACT_POINTS?.split(',') ?? [];
  // As Kaiseki reads: what a quorum confirmed may be missing on one node.
  const queryOptions = { consistency: types.consistencies.localQuorum };
  const client = new Client({ contactPoints, localDataCenter: 'datacenter1', keyspace: generation.keyspace, queryOptions });
  const found = new Map<string, Set<number>>();
  const add = (orders: readonly UserOrder[]) => {
    for (const [offset, , , order_id] of orders) {
      const id = order_id ?? 'none';
      found.set(id, (found.get(id) ?? new Set()).add(offset));
    }
  };
  try {
    for await (const row of everyRow(client, 'SELECT page FROM user_counts')) add(storedUser({ page: row.get('page') }).recent);
    for await (const row of everyRow(client, 'SELECT orders FROM raw_orders')) add(ordersOfUserPage({ orders: row.get('orders') }));
  } finally {
    await client.shutdown();
  }
  return found;
}

async function* everyRow(client: Client, query: string): AsyncGenerator<types.Row> {
  let pageState: string | undefined;
  do {
    const page = await client.execute(query, [], { fetchSize: 1_000, ...(pageState && { pageState }) });
    yield* page.rows;
    pageState = page.pageState ?? undefined;
  } while (pageState);
}
