import { useId, useMemo, useState } from 'react';
import { user } from '#workloads/web/api/orders.ts';
import type { Dimension, Menu } from '#workloads/web/api/types.ts';
import { hasCaughtUp } from '#workloads/web/figures/optimism.ts';
import type { Counts } from '#workloads/web/figures/slices.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import type { Changes } from '#workloads/web/live/changes.ts';
import { polling } from '#workloads/web/live/polling.ts';
import { useChanges } from '#workloads/web/live/use-changes.ts';
import { useLive } from '#workloads/web/live/use-live.ts';
import type { OwnOrders } from '#workloads/web/shop/use-outbox.ts';
import { UserCounts } from './user-counts.tsx';
import { UserOrders } from './user-orders.tsx';

const SHOWN_ORDERS = 10;
/** The same person may order in another tab. */
const INTERVAL_MS = 10_000;

interface OwnOrdersProps {
  readonly own: OwnOrders;
  readonly menu: Menu;
  readonly dimension: Dimension;
  /** The live totals: an order is counted when they hold it. */
  readonly live: Counts | undefined;
}

/** What this browser's person has ordered, as it was counted. */
export function OwnOrdersList({ own, menu, dimension, live }: OwnOrdersProps) {
  const { texts } = useSpeech();
  const title = useId();
  const counted = own.hasOrdered && live !== undefined && hasCaughtUp(live, own.floors);
  // Before the first order is counted, the server does not know the person: it is not asked.
  const [isKnown, setKnown] = useState(false);
  if (counted && !isKnown) setKnown(true);
  const changes = useChanges(`${counted} ${own.waiting}`);
  return (
    <section className="own-orders" aria-labelledby={title}>
      <h2 id={title}>{texts.shop.own}</h2>
      <p className="quiet who-am-i">
        {texts.shop.whoAmI} <code>{own.userId}</code>
      </p>
      {isKnown && <Counted userId={own.userId} menu={menu} dimension={dimension} changes={changes} />}
      {!own.hasOrdered && <p>{texts.shop.none}</p>}
    </section>
  );
}

interface CountedProps {
  readonly userId: string;
  readonly menu: Menu;
  readonly dimension: Dimension;
  readonly changes: Changes;
}

function Counted({ userId, menu, dimension, changes }: CountedProps) {
  const source = useMemo(
    () => polling((signal) => user(userId, { limit: SHOWN_ORDERS, cursor: undefined }, signal), { interval_ms: INTERVAL_MS, changes }),
    [userId, changes],
  );
  const { value } = useLive(source);
  if (!value) return null;
  return (
    <>
      <UserCounts dimension={dimension} history={value} />
      <UserOrders orders={value.orders} menu={menu} />
    </>
  );
}
