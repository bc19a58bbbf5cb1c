import { useEffect, useState } from 'react';
import { systemClock } from '#platform/clock/clock.ts';
import { order } from '#workloads/web/api/orders.ts';
import type { Problem } from '#workloads/web/api/problem.ts';
import { browserStorage, pageStorage } from '#workloads/web/browser/kept-values.ts';
import { type Floors, floorsAfterOrder, floorsAfterRefusal } from '#workloads/web/figures/optimism.ts';
import type { Counts } from '#workloads/web/figures/slices.ts';
import { browserPresence, wake } from '#workloads/web/live/presence.ts';
import { Outbox } from './outbox.ts';
import { NO_TABS, TABS_CHANNEL, type Tabs, tabsByLocks, tabsWithoutLocks } from './tabs.ts';
import { hasOrdered, ownUserId, randomId, rememberOrdered } from './user-id.ts';
import { WaitingOrders } from './waiting-orders.ts';

/** By then an accepted order is counted; what is not will not be. */
const COUNTED_MS_MAX = 10_000;

/** What the person was told last about their orders. */
export type Said =
  | { readonly kind: 'made' | 'accepted' | 'kept'; readonly menuType: string }
  | { readonly kind: 'refused'; readonly menuType: string; readonly problem: Problem }
  | { readonly kind: 'full' };

export interface OwnOrders {
  readonly userId: string;
  /** Whether the server has ever taken an order of this browser. */
  readonly hasOrdered: boolean;
  /** How many the server has not taken yet. */
  readonly waiting: number;
  /** Whether some of them will be lost with this page. */
  readonly areFleeting: boolean;
  readonly said: Said | undefined;
  /** Totals are not shown below these. */
  readonly floors: Floors;
  buy(menuType: string, shown: Counts): void;
}

function openOutbox() {
  const tab = randomId();
  const storage = browserStorage('localStorage');
  const waiting = new WaitingOrders(storage ?? pageStorage(), tab);
  const tabs = storage ? openTabs(tab) : NO_TABS;
  const userId = ownUserId();
  const outbox = new Outbox({ waiting, tabs, send: order, userId, newId: randomId, clock: systemClock, presence: browserPresence });
  return { outbox, waitingOrders: waiting, userId, keepsNothing: storage === undefined };
}

function openTabs(tab: string): Tabs {
  // Where a page is not served over HTTPS, there are no locks, whatever their type says.
  if ('locks' in navigator) return tabsByLocks(tab, navigator.locks);
  return tabsWithoutLocks(tab, new BroadcastChannel(TABS_CHANNEL), systemClock);
}

/** The person's own orders, on their way. */
export function useOutbox(): OwnOrders {
  const [{ outbox, waitingOrders, userId, keepsNothing }] = useState(openOutbox);
  const [waiting, setWaiting] = useState(() => waitingOrders.count);
  const [ordered, setOrdered] = useState(() => hasOrdered());
  const [said, say] = useState<Said>();
  const [floors, setFloors] = useState<Floors>(new Map());

  useEffect(
    () =>
      outbox.start((outcome) => {
        const menuType = outcome.order.menu_type;
        setWaiting(waitingOrders.count);
        if (outcome.kind === 'accepted') {
          rememberOrdered();
          setOrdered(true);
          wake();
        }
        if (outcome.kind === 'refused') setFloors((before) => floorsAfterRefusal(before, menuType));
        say(outcome.kind === 'refused' ? { kind: 'refused', menuType, problem: outcome.problem } : { kind: outcome.kind, menuType });
      }),
    [outbox, waitingOrders],
  );

  useEffect(() => {
    const ended = new AbortController();
    const hear = () => {
      setWaiting(waitingOrders.count);
      outbox.watchOtherTabs();
    };
    // Browsers tell of what other tabs have stored, not of what this one has.
    window.addEventListener('storage', hear, { signal: ended.signal });
    return () => ended.abort();
  }, [outbox, waitingOrders]);

  useEffect(() => {
    if (waiting > 0 || floors.size === 0) return;
    const changed = new AbortController();
    void systemClock.sleep(COUNTED_MS_MAX, changed.signal).then(() => {
      if (!changed.signal.aborted) setFloors(new Map());
    });
    return () => changed.abort();
  }, [waiting, floors]);

  const buy = (menuType: string, shown: Counts) => {
    const made = outbox.order(menuType);
    if (made === 'again') return;
    if (made === 'full') return say({ kind: 'full' });
    setWaiting(waitingOrders.count);
    setFloors((before) => floorsAfterOrder(before, shown, menuType));
    say({ kind: 'made', menuType });
  };
  return {
    userId,
    hasOrdered: ordered,
    waiting,
    areFleeting: waiting > 0 && (keepsNothing || waitingOrders.areFleeting),
    said,
    floors,
    buy,
  };
}
