/** The browser's open tabs, as far as they look after each other's orders. */

export interface Tabs {
  /** Shows the others that this tab is open, until `signal` is aborted or it is closed or has crashed. */
  stayOpen(signal: AbortSignal): void;
  /** Calls `adopt` as soon as the tab named `other` is no longer open: in one of the tabs that wait for it at a time. */
  whenGone(other: string, adopt: () => void, signal: AbortSignal): void;
}

const LOCK = 'kaiseki.tab.';

/** Each tab holds a lock of its own name: the browser hands it on when the tab has gone, however it went. */
export function tabsByLocks(own: string, locks: LockManager): Tabs {
  return {
    stayOpen(signal) {
      const held = locks.request(
        LOCK + own,
        { signal },
        () => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
      );
      held.catch(notWanted);
    },
    whenGone(other, adopt, signal) {
      locks.request(LOCK + other, { signal }, adopt).catch(notWanted);
    },
  };
}

/**
 * For pages that are not served over HTTPS, whose browsers keep locks from them: every other tab counts as gone. An order
 * may then be sent by two tabs; it is counted once.
 */
export function tabsWithoutLocks(): Tabs {
  return { stayOpen: () => undefined, whenGone: (_other, adopt) => adopt() };
}

/** A request for a lock ends so when its signal is aborted. */
function notWanted(error: unknown): void {
  if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
}
