import type { Clock } from '#platform/clock/clock.ts';

/** A reason of its own spares the error, with a stack, that an abort without one makes. */
const SETTLED = 'settled';

/**
 * Settles as `promise` does, or rejects after `limit_ms`. What the promise stands for goes on; nobody waits for it any more.
 * @throws Error saying that there was no answer in time
 */
export async function within<T>(clock: Clock, limit_ms: number, promise: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const late = clock.sleep(limit_ms, settled.signal).then(() => {
    throw new Error(`no answer within ${Math.round(limit_ms)} ms`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    settled.abort(SETTLED);
  }
}
