/** A live source that is told of changes, and asks only where it cannot be told. */

import { type Clock, systemClock } from '#platform/clock/clock.ts';
import { problemIn } from '#workloads/web/api/problem.ts';
import { firstAborted } from '#workloads/web/browser/first-aborted.ts';
import type { Connection } from './connections.ts';
import { backoff_ms } from './polling.ts';
import { browserPresence, type Presence, sleepUntilWoken, wake } from './presence.ts';
import type { LiveObserver, LiveSource } from './source.ts';

/** How long the first message may take, and any later one: the server says something every 15 s. */
const FIRST_MS_MAX = 10_000;
const SILENCE_MS_MAX = 40_000;
/** A connection that lived that long was a good one. */
const STEADY_MS = 10_000;
/** Between two questions while nothing pushes, and after how many of them a connection is tried again. */
const ASK_MS = 1_500;
const ASKED_MAX = 7;
/** So often the server answers but does not push before a connection that once worked counts as one that does not. */
const UNHEARD_MAX = 3;

export interface PushingOptions<T> {
  /** The ways to be told, the best one first. */
  readonly connections: readonly Connection[];
  /** Begins anew with each connection: what is returned takes its messages, and says `undefined` when one was missed. */
  readonly begin: () => (message: string) => T | undefined;
  /** Asks once, where nothing pushes. */
  readonly load: (signal: AbortSignal) => Promise<T>;
  readonly clock?: Clock;
  readonly presence?: Presence;
  /** From 0 to 1: spreads those who come back, so that a server that restarts is not run over. */
  readonly random?: () => number;
}

/** Keeps a connection; comes back when it ends, and asks meanwhile. */
export function pushing<T>(options: PushingOptions<T>): LiveSource<T> {
  const { connections, begin, load, clock = systemClock, presence = browserPresence, random = Math.random } = options;
  return (observer) => {
    const stopped = new AbortController();
    const { signal } = stopped;

    /** Listens until the connection ends; whether it told anything. */
    const listen = async (connection: Connection): Promise<boolean> => {
      const ended = new AbortController();
      const until = firstAborted([signal, ended.signal]);
      const take = begin();
      let heard_ms: number | undefined;
      const hear = (message: string) => {
        if (until.aborted) return;
        const value = take(message);
        if (value === undefined) return ended.abort();
        heard_ms = clock.monotonic_ms();
        observer.next(value, 'told');
      };
      const watchSilence = async () => {
        await clock.sleep(FIRST_MS_MAX, until);
        while (!until.aborted) {
          const silent_ms = heard_ms === undefined ? SILENCE_MS_MAX : clock.monotonic_ms() - heard_ms;
          if (silent_ms >= SILENCE_MS_MAX) ended.abort();
          else await clock.sleep(SILENCE_MS_MAX - silent_ms, until);
        }
      };
      void watchSilence();
      await connection(hear, until);
      ended.abort();
      return heard_ms !== undefined;
    };

    /** The best connection worked before: what ails it will pass. Otherwise whoever restarts would drive all to the lesser ones. */
    let bestWorks = false;
    const listenToAny = async (): Promise<boolean> => {
      for (const [index, connection] of connections.entries()) {
        if (index > 0 && bestWorks) return false;
        const heard = await listen(connection);
        if (heard && index === 0) bestWorks = true;
        if (heard || signal.aborted) return heard;
      }
      return false;
    };

    const run = async () => {
      let brief = 0;
      let unheard = 0;
      for (let failures = 0; !signal.aborted; ) {
        await presence.visible(signal);
        const began_ms = clock.monotonic_ms();
        if (await listenToAny()) {
          failures = 0;
          unheard = 0;
          brief = clock.monotonic_ms() - began_ms < STEADY_MS ? brief + 1 : 1;
          await clock.sleep(backoff_ms(brief) * random(), signal);
        } else if (await ask(observer, failures > 0)) {
          failures = 0;
          unheard += 1;
          if (unheard >= UNHEARD_MAX) bestWorks = false;
        } else await sleepUntilWoken(backoff_ms(++failures), signal, clock, presence);
      }
    };

    /** Asks for a while; whether there were answers. */
    const ask = async ({ next, trouble }: LiveObserver<T>, wasInTrouble: boolean): Promise<boolean> => {
      for (let asked = 0; asked < ASKED_MAX && !signal.aborted; asked++) {
        await presence.visible(signal);
        try {
          const value = await load(signal);
          if (signal.aborted) return false;
          next(value, 'asked');
          if (asked === 0 && wasInTrouble) {
            wake();
            return true;
          }
          await clock.sleep(ASK_MS, signal);
        } catch (error) {
          if (!signal.aborted) trouble(problemIn(error));
          return false;
        }
      }
      return true;
    };

    void run();
    return () => stopped.abort();
  };
}
