/** A Kafka that takes little: one broker stands still for most of the time, and every append waits for its copy. */
import { systemClock } from '#platform/clock/clock.ts';
import type { LocalServer } from '../../../tools/servers/local-servers.ts';

/** Shorter than the session of a broker: it stays in the cluster, and in sync. */
const STILL_MS = 1_800;
const RUNNING_MS = 150;

/** Slows Kafka down until it is ended. */
export function slowDown(kafka: LocalServer, node: number): { end(): Promise<void> } {
  const ending = new AbortController();
  const cycle = (async () => {
    while (!ending.signal.aborted) {
      kafka.signal(node, 'SIGSTOP');
      await systemClock.sleep(STILL_MS, ending.signal);
      kafka.signal(node, 'SIGCONT');
      await systemClock.sleep(RUNNING_MS, ending.signal);
    }
  })();
  return {
    async end() {
      ending.abort();
      await cycle;
    },
  };
}
