import { useMemo } from 'react';
import type { Dimension, Menu } from '#workloads/web/api/types.ts';
import type { LiveFigures } from '#workloads/web/figures/live-figures.ts';
import { liveFigures } from '#workloads/web/figures/live-figures.ts';
import { shownCounts } from '#workloads/web/figures/optimism.ts';
import { type Live, useLive } from '#workloads/web/live/use-live.ts';
import { useOutbox } from '#workloads/web/shop/use-outbox.ts';
import { AllOrders } from './all-orders.tsx';
import { Buy } from './buy.tsx';
import { StaleNotice } from './live-state.tsx';
import { OwnOrdersList } from './own-orders.tsx';
import { RecentOrders } from './recent-orders.tsx';
import { UserDialog } from './user-dialog.tsx';
import { WithDimension } from './with-dimension.tsx';

/** Buy one or the other, and see everybody do so. */
export function SnackPage() {
  return <WithDimension name="snack">{(menu, dimension) => <Content menu={menu} dimension={dimension} />}</WithDimension>;
}

function Content({ menu, dimension }: { readonly menu: Menu; readonly dimension: Dimension }) {
  const live = useLive(useMemo(() => liveFigures(dimension.name, menu.today), [dimension.name, menu.today]));
  const own = useOutbox();
  const shown: Live<LiveFigures> = live.value
    ? { ...live, value: { ...live.value, orders: shownCounts(live.value.orders, own.floors) } }
    : live;
  return (
    <>
      <StaleNotice live={live} timeZone={menu.time_zone} />
      <AllOrders dimension={dimension} live={shown} timeZone={menu.time_zone}>
        <Buy dimension={dimension} own={own} live={live.value?.orders ?? new Map()} />
      </AllOrders>
      <RecentOrders dimension={dimension} totals={live.value?.orders} />
      <OwnOrdersList own={own} menu={menu} dimension={dimension} live={live.value?.orders} />
      <UserDialog menu={menu} />
    </>
  );
}
