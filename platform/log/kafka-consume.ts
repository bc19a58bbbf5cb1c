/** Consuming from Kafka for good: sessions follow each other until the consumption is stopped. */
import type { KafkaAdmin } from './kafka-admin.ts';
import type { Claim } from './kafka-claim.ts';
import { type KafkaContext, messageOf } from './kafka-client.ts';
import { openSession } from './kafka-session.ts';
import type { Consumption, Running } from './log.ts';

const RESTART_DELAY_MS_MIN = 250;
const RESTART_DELAY_MS_MAX = 5_000;

/** Returns at once: joining the group goes on, and is tried again, until `stop`. */
export function consumeKafka(context: KafkaContext, admin: KafkaAdmin, { topic, group, own }: Consumption): Running {
  const { clock, logger } = context;
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve(), { once: true }));
  /** The last claim of each partition, whichever session it was of: the next one starts with its end. */
  const owners = new Map<number, Promise<void>>();
  let delay_ms = RESTART_DELAY_MS_MIN;

  async function ownNext(claim: Claim, ready: Promise<void>, former: Promise<void> | undefined): Promise<void> {
    await ready;
    await former;
    if (claim.signal.aborted) return;
    try {
      await own(claim);
    } catch (error) {
      // A broken invariant of the caller: nobody could say what state the partition is in.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  async function runSessions(): Promise<void> {
    while (!stopping.signal.aborted) {
      const session = openSession(context, {
        topic,
        group,
        admin,
        start: (claim, ready) => owners.set(claim.partition, ownNext(claim, ready, owners.get(claim.partition))),
        joined: () => {
          delay_ms = RESTART_DELAY_MS_MIN;
        },
      });
      const reason = await Promise.race([session.crashed, stopped]);
      if (stopping.signal.aborted) {
        session.abort();
        await Promise.all(owners.values());
      } else {
        logger.warn({ topic, group, error: messageOf(reason), restartIn_ms: delay_ms }, 'a Kafka consumer ended; starting another');
      }
      await session.end();
      await clock.sleep(delay_ms, stopping.signal);
      delay_ms = Math.min(2 * delay_ms, RESTART_DELAY_MS_MAX);
    }
    await Promise.all(owners.values());
  }

  const running = runSessions();
  return {
    stop() {
      stopping.abort();
      return running;
    },
  };
}
