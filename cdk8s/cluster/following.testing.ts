/** Work that is repeated beside a test until it is stopped. */
import { systemClock } from '#platform/clock/clock.ts';

export interface Following {
  /** Resolves when no round is under way. @throws the error of the round that failed: it was the last one */
  stop(): Promise<void>;
}

/**
 * Begins the first round at once.
 * @param pause_ms between two rounds
 */
export function follow(pause_ms: number, round: () => Promise<void>): Following {
  const stopped = new AbortController();
  const rounds = async () => {
    while (!stopped.signal.aborted) {
      await round();
      await systemClock.sleep(pause_ms, stopped.signal);
    }
  };
  // Kept until somebody asks: an error that nobody awaits yet would end the whole run.
  const ended = Promise.allSettled([rounds()]);
  return {
    async stop() {
      stopped.abort();
      const [result] = await ended;
      if (result.status === 'rejected') throw result.reason;
    },
  };
}
