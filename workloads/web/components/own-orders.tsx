import { useId, useMemo } from 'react';
import { user } from '#workloads/web/api/orders.ts';
import type { Dimension, Menu } from '#workloads/web/api/types.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { polling } from '#workloads/web/live/polling.ts';
import { useLive } from '#workloads/web/live/use-live.ts';
import type { OwnOrders } from '#workloads/web/shop/use-outbox.ts';
import { UserCounts } from './user-counts.tsx';
import { UserOrders } from './user-orders.tsx';

const SHOWN_ORDERS = 10;
const INTERVAL_MS = 2_000;

interface OwnOrdersProps {
  readonly own: OwnOrders;
  readonly menu: Menu;
  readonly dimension: Dimension;
}

/** What this browser's person has ordered, as it was counted. */
export function OwnOrdersList({ own, menu, dimension }: OwnOrdersProps) {
  const { texts } = useSpeech();
  const title = useId();
  return (
    <section className="own-orders" aria-labelledby={title}>
      <h2 id={title}>{texts.shop.own}</h2>
      <p className="quiet who-am-i">
        {texts.shop.whoAmI} <code>{own.userId}</code>
      </p>
      {own.hasOrdered ? <Counted userId={own.userId} menu={menu} dimension={dimension} /> : <p>{texts.shop.none}</p>}
    </section>
  );
}

interface CountedProps {
  readonly userId: string;
  readonly menu: Menu;
  readonly dimension: Dimension;
}

function Counted({ userId, menu, dimension }: CountedProps) {
  const source = useMemo(
    () => polling((signal) => user(userId, { limit: SHOWN_ORDERS, cursor: undefined }, signal), INTERVAL_MS),
    [userId],
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
