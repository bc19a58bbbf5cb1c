import { useMemo } from 'react';
import type { Dimension, Menu } from '#workloads/web/api/types.ts';
import { liveFigures } from '#workloads/web/figures/live-figures.ts';
import { useLive } from '#workloads/web/live/use-live.ts';
import { AllOrders } from './all-orders.tsx';
import { Days } from './days.tsx';
import { StaleNotice } from './live-state.tsx';
import { People } from './people.tsx';
import { UserDialog } from './user-dialog.tsx';
import { WithDimension } from './with-dimension.tsx';

/** All that there is to see of a dimension: its orders, its days, its people. */
export function DimensionPage({ name }: { readonly name: string }) {
  return <WithDimension name={name}>{(menu, dimension) => <Content menu={menu} dimension={dimension} />}</WithDimension>;
}

function Content({ menu, dimension }: { readonly menu: Menu; readonly dimension: Dimension }) {
  const live = useLive(useMemo(() => liveFigures(dimension.name, menu.today), [dimension.name, menu.today]));
  // Whoever pushes knows of a new day before the menu is asked again.
  const today = live.value && live.value.today > menu.today ? live.value.today : menu.today;
  return (
    <>
      <StaleNotice live={live} timeZone={menu.time_zone} />
      <AllOrders dimension={dimension} live={live} timeZone={menu.time_zone} />
      {(live.value || !live.problem) && (
        <>
          <Days dimension={dimension} live={live.value} today={today} timeZone={menu.time_zone} />
          <People dimension={dimension} live={live.value} />
        </>
      )}
      <UserDialog menu={menu} />
    </>
  );
}
