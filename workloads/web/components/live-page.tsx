import { useMemo } from 'react';
import type { Dimension, Menu } from '#workloads/web/api/types.ts';
import { liveFigures } from '#workloads/web/figures/live-figures.ts';
import { useLive } from '#workloads/web/live/use-live.ts';
import { AllOrders } from './all-orders.tsx';
import { DimensionList } from './dimension-list.tsx';
import { StaleNotice } from './live-state.tsx';
import { People } from './people.tsx';
import { RecentOrders } from './recent-orders.tsx';
import { UserDialog } from './user-dialog.tsx';
import { WithDimension } from './with-dimension.tsx';

/** Any dimension of the menu, live; all that there are where the address names none. */
export function LivePage({ name }: { readonly name: string | null }) {
  if (name === null) return <DimensionList />;
  return <WithDimension name={name}>{(menu, dimension) => <Content menu={menu} dimension={dimension} />}</WithDimension>;
}

function Content({ menu, dimension }: { readonly menu: Menu; readonly dimension: Dimension }) {
  const live = useLive(useMemo(() => liveFigures(dimension.name, menu.today), [dimension.name, menu.today]));
  return (
    <>
      <StaleNotice live={live} timeZone={menu.time_zone} />
      <AllOrders dimension={dimension} live={live} timeZone={menu.time_zone} />
      <RecentOrders dimension={dimension} totals={live.value?.orders} />
      <People dimension={dimension} live={live.value} />
      <UserDialog menu={menu} />
    </>
  );
}
