/** The order stream as a fold: how records, users and rows hang together. */
import { DayCutter } from '#platform/clock/day.ts';
import type { CountedEvent, FoldDefinition } from '#platform/fold/definition.ts';
import { recordJson } from '#platform/fold/record-json.ts';
import { type Mutation, put, remove } from '#platform/tables/tables.ts';
import { ORDER_MEASURES, type OrderMeasure } from './measures.ts';
import { formProblem, parseOrder } from './order.ts';
import { logPages, userPage } from './order-pages.ts';
import { type PastIdentities, pastLookup, pastRows } from './past-orders.ts';
import { type OrdersPin, type PinnedSettings, pinOrders } from './pin.ts';
import { chunkOf, dayChunks, placeOf, segmentMembers, userCounts } from './tables.ts';
import { type DatedOrder, NEW_USER, tally, type UserState } from './tally.ts';
import { ORDER_LOGS, ORDER_LOGS_REJECTED, SEGMENT_TOTALS } from './topics.ts';
import { decodeUser, encodeUser, userKey } from './user-row.ts';

export const ORDERS_FOLD = 'orders';
export const COUNTER_GROUP = 'counter';

/** The fold of the order stream under the given settings. */
export function ordersFold(settings: PinnedSettings): FoldDefinition<DatedOrder, UserState, OrdersPin, never, never, OrderMeasure> {
  const { menu, layout } = settings;
  const days = new DayCutter(settings.timeZone);
  return {
    name: ORDERS_FOLD,
    topic: ORDER_LOGS,
    group: COUNTER_GROUP,
    rejectedTopic: ORDER_LOGS_REJECTED,
    totalsTopic: SEGMENT_TOTALS,
    pin: (pinned, nextOffset) => pinOrders(settings, pinned, nextOffset),
    read(record, shard, pin) {
      const parsed = parseOrder(recordJson(record.value));
      if (!parsed.ok) return { ok: false, reason: parsed.problems.map(({ field, problem }) => `${field} ${problem}`).join('; ') };
      const { order } = parsed;
      // The pin lets no other form run: what is said of a record follows from the pin alone.
      const otherForm = formProblem(settings.normalizeIds, order);
      if (otherForm) return { ok: false, reason: otherForm };
      const countsFrom = pin.countsFrom.get(order.menuType);
      if (countsFrom === undefined) return { ok: false, reason: `menu_type ${order.menuType} is not on the menu` };
      if (record.offset < countsFrom)
        return { ok: false, reason: `menu_type ${order.menuType} counts from offset ${countsFrom} on in shard ${shard}` };
      const home = placeOf(order.userId, layout).shard;
      if (home !== shard)
        return { ok: false, reason: `the user's orders belong in partition ${home} (murmur2 of user_id mod ${layout.shards})` };
      const day = days.dayOf(order.ts_ms);
      return { ok: true, key: order.userId, event: { order, day }, periods: [day] };
    },
    measures: ORDER_MEASURES,
    pages: { table: userCounts, keyOf: (userId) => userKey(userId, layout) },
    initial: NEW_USER,
    encode: encodeUser,
    decode: decodeUser,
    fold(user, event, { offset }, found) {
      const tallied = tally(menu, user, event, offset, found as PastIdentities | undefined);
      if (tallied.outcome === 'repeated' || tallied.page === undefined) return tallied;
      const { userId } = event.order;
      return { ...tallied, rows: [userPage(userId, tallied.page.texts, layout), ...pastRows(userId, tallied.page, offset, layout)] };
    },
    lookup: pastLookup(layout),
    eventRows: (events, shard, epoch) => [...logPages(events, shard, epoch), ...chunkRows(events, shard)],
    memberRows(userId, user, touched, { shard, lsn }) {
      return [...touched].map((segment) => {
        const key = { segment, shard, user_id: userId };
        const isIn = user.segments.get(menu.dimensionOf(segment) ?? '') === segment;
        return isIn ? put(segmentMembers, key, lsn) : remove(segmentMembers, key, lsn);
      });
    },
  };
}

/** Which chunks of the order log hold which days of the counted orders. */
function chunkRows(events: readonly CountedEvent<DatedOrder>[], shard: number): Mutation[] {
  const rows = new Map<string, Mutation>();
  for (const { offset, event } of events) {
    const { day } = event;
    const chunk = chunkOf(offset);
    rows.set(`${day}/${chunk}`, put(dayChunks, { day, shard, chunk }, offset));
  }
  return [...rows.values()];
}
