import { useMemo } from 'react';
import { user } from '#workloads/web/api/orders.ts';
import type { Menu } from '#workloads/web/api/types.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { polling } from '#workloads/web/live/polling.ts';
import { useLive } from '#workloads/web/live/use-live.ts';
import { Pager } from './pager.tsx';
import { Trouble } from './trouble.tsx';
import { usePages } from './use-pages.ts';
import { UserCounts } from './user-counts.tsx';
import { UserOrders } from './user-orders.tsx';

const PAGE_ORDERS = 20;
const INTERVAL_MS = 5_000;

/** What a user has ordered, and which segments that puts them in. */
export function UserHistory({ userId, menu }: { readonly userId: string; readonly menu: Menu }) {
  const { texts } = useSpeech();
  const pages = usePages(userId);
  const { cursor } = pages;
  const { value, settled, problem } = useLive(
    useMemo(
      () => polling((signal) => user(userId, { limit: PAGE_ORDERS, cursor }, signal), { interval_ms: INTERVAL_MS }),
      [userId, cursor],
    ),
  );
  if (problem && !settled) {
    const unknown = problem.kind === 'answered' && problem.status === 404;
    return unknown ? <p role="status">{texts.user.unknown}</p> : <Trouble problem={problem} />;
  }
  if (!value) {
    return (
      <p className="quiet" role="status">
        {texts.loading}
      </p>
    );
  }
  return (
    <>
      {menu.dimensions.map((dimension) => (
        <UserCounts key={dimension.name} dimension={dimension} history={value} />
      ))}
      <section aria-busy={!settled}>
        <h3>{texts.user.orders}</h3>
        <UserOrders orders={value.orders} menu={menu} />
        <Pager list={texts.user.orders} pages={pages} nextCursor={settled ? value.next_cursor : undefined} />
      </section>
    </>
  );
}
