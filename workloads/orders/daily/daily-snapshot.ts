/** What the daily recount holds the order log against: each shard's next_offset and totals, read at one instant. */
import type { ShardState, Tables } from '#platform/tables/tables.ts';
import { figuresOf } from '../measures.ts';
import { ORDERS_FOLD } from '../orders-fold.ts';
import { type PinnedSettings, pinOrders } from '../pin.ts';

/** Orders by period and menu type. */
export type Counts = ReadonlyMap<string, ReadonlyMap<string, number>>;

export interface ShardSnapshot {
  readonly shard: number;
  /** Every order below this offset is in `live`, and none above. */
  readonly nextOffset: number;
  readonly live: Counts;
}

/**
 * Reads every shard, one after the other.
 * @throws Error when a shard has pinned another time zone, layout or menu: its days would be cut differently here
 */
export async function readSnapshots(tables: Tables, settings: PinnedSettings): Promise<readonly ShardSnapshot[]> {
  const snapshots: ShardSnapshot[] = [];
  for (let shard = 0; shard < settings.layout.shards; shard++) {
    const state = await tables.readShard({ fold: ORDERS_FOLD, shard }, 'every', 'serial');
    const pinning = pinOrders(settings, state.fingerprint, state.nextOffset);
    if (!pinning.ok) throw new Error(`shard ${shard} was counted under another configuration: ${pinning.problem}`);
    snapshots.push({ shard, nextOffset: state.nextOffset, live: liveCounts(state) });
  }
  return snapshots;
}

function liveCounts({ totals }: ShardState): Counts {
  const counts = new Map<string, Map<string, number>>();
  for (const total of totals) addTo(counts, total.period, total.name, figuresOf(total).orders);
  return counts;
}

/** Adds orders to a count. */
export function addTo(counts: Map<string, Map<string, number>>, period: string, segment: string, orders: number): void {
  let segments = counts.get(period);
  if (!segments) {
    segments = new Map();
    counts.set(period, segments);
  }
  segments.set(segment, (segments.get(segment) ?? 0) + orders);
}
