import { useMemo } from 'react';
import type { Dimension, Menu } from '#workloads/web/api/types.ts';
import { liveFigures } from '#workloads/web/figures/live-figures.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { useLive } from '#workloads/web/live/use-live.ts';
import { AllOrders } from './all-orders.tsx';
import { Days } from './days.tsx';
import { StaleNotice } from './live-state.tsx';
import { People } from './people.tsx';
import { UserDialog } from './user-dialog.tsx';
import { WithMenu } from './with-menu.tsx';

/** All that there is to see of a dimension: its orders, its days, its people. */
export function DimensionPage({ name }: { readonly name: string }) {
  const { texts } = useSpeech();
  return (
    <WithMenu>
      {(menu) => {
        const dimension = menu.dimensions.find((one) => one.name === name);
        if (!dimension) return <p role="alert">{texts.problem.unknownDimension(name)}</p>;
        return <Content menu={menu} dimension={dimension} />;
      }}
    </WithMenu>
  );
}

function Content({ menu, dimension }: { readonly menu: Menu; readonly dimension: Dimension }) {
  const live = useLive(useMemo(() => liveFigures(dimension.name, menu.today), [dimension.name, menu.today]));
  return (
    <>
      <StaleNotice live={live} timeZone={menu.time_zone} />
      <AllOrders dimension={dimension} live={live} timeZone={menu.time_zone} />
      {(live.value || !live.problem) && (
        <>
          <Days dimension={dimension} live={live.value} today={menu.today} timeZone={menu.time_zone} />
          <People dimension={dimension} live={live.value} />
        </>
      )}
      <UserDialog menu={menu} />
    </>
  );
}
