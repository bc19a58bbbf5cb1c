/** The browser's open tabs, as far as they look after each other's orders. */

import type { Clock } from '#platform/clock/clock.ts';
import { firstAborted } from '#workloads/web/browser/first-aborted.ts';

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

/** The channel on which tabs without locks ask for each other. */
export const TABS_CHANNEL = 'kaiseki.tabs';
/** A tab that has not answered by then counts as gone. */
export const ANSWER_MS = 2_000;
/** From an answer to the next question. */
export const ASK_AGAIN_MS = 10_000;

/** What of a BroadcastChannel is used. */
export type TabsChannel = Pick<BroadcastChannel, 'postMessage' | 'addEventListener'>;

interface Call {
  readonly kind: 'question' | 'answer';
  /** Who is asked for, or answers. */
  readonly tab: string;
}

/**
 * For pages that are not served over HTTPS, whose browsers keep locks from them: tabs ask for each other by name. One that
 * the browser has put to sleep counts as gone, and two may adopt at once; an order that is then sent twice is counted once.
 */
export function tabsWithoutLocks(own: string, channel: TabsChannel, clock: Clock): Tabs {
  const call = (kind: Call['kind'], tab: string) => channel.postMessage({ kind, tab } satisfies Call);
  const onCall = (kind: Call['kind'], tab: string, listener: () => void, signal: AbortSignal) => {
    const hear = ({ data }: MessageEvent<Call>) => {
      if (data.kind === kind && data.tab === tab) listener();
    };
    channel.addEventListener('message', hear, { signal });
  };
  const answers = async (other: string, signal: AbortSignal): Promise<boolean> => {
    const answered = new AbortController();
    const heard = new AbortController();
    onCall('answer', other, () => answered.abort(), firstAborted([signal, heard.signal]));
    call('question', other);
    await clock.sleep(ANSWER_MS, firstAborted([signal, answered.signal, heard.signal]));
    heard.abort();
    return answered.signal.aborted;
  };
  const untilGone = async (other: string, signal: AbortSignal) => {
    while (await answers(other, signal)) await clock.sleep(ASK_AGAIN_MS, signal);
  };
  return {
    stayOpen: (signal) => onCall('question', own, () => call('answer', own), signal),
    whenGone(other, adopt, signal) {
      void untilGone(other, signal).then(() => signal.aborted || adopt());
    },
  };
}

/** For a page whose browser keeps nothing: no other tab knows of its orders. */
export const NO_TABS: Tabs = { stayOpen: () => undefined, whenGone: () => undefined };

/** A request for a lock ends so when its signal is aborted, or where the browser keeps locks from the page, as it may with storage. */
function notWanted(error: unknown): void {
  if (!(error instanceof DOMException && (error.name === 'AbortError' || error.name === 'SecurityError'))) throw error;
}
