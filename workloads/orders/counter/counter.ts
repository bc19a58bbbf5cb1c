/** The workload `counter`: the order log → the tables, through the exact fold. It holds nothing that a crash could lose. */
import { backoff_ms } from '#platform/clock/backoff.ts';
import { runFold } from '#platform/fold/fold.ts';
import { groupsOf } from '#platform/fold/groups.ts';
import { type Running, WrongSetup } from '#platform/log/log.ts';
import { ConsumerLag } from '#platform/metrics/consumer-lag.ts';
import { FoldWatch } from '#platform/metrics/fold-watch.ts';
import { newGeneration } from '../../settings.ts';
import type { Platform, Workload } from '../../workload.ts';
import { ordersFold } from '../orders-fold.ts';
import { foldLimits } from '../settings.ts';
import { hotKeysRoute } from './hot-keys.ts';

/** How often the log is asked for the group's lag, in milliseconds. */
const LAG_POLL_MS = 5_000;

/** Joins the group when it is started, as soon as the log lets it; ready once a shard is claimed and none stands still. */
export function createCounter(platform: Platform): Workload {
  const { budget, clock, log, metrics, settings, tables } = platform;
  const logger = platform.logger.child({ workload: 'counter' });
  const definition = ordersFold(settings.orders);
  const limits = foldLimits(settings.orders.fold, settings.kafka ? 'kafka' : 'embedded');
  const watch = new FoldWatch({
    fold: definition.name,
    topic: definition.topic,
    workload: 'counter',
    newGeneration: newGeneration(settings),
    metrics: metrics.fold,
    logger,
    clock,
  });
  const lag = new ConsumerLag({ groups: groupsOf(definition), log, metrics: metrics.lag, clock });
  const stopping = new AbortController();
  const ended: Promise<void>[] = [];
  let running: Running | undefined;

  async function join(): Promise<void> {
    running = await runFold(lag, { definition, log, tables, clock, limits, budget, observer: watch });
  }

  /** While the log does not answer, the counter tries again, for as long as the process runs. */
  async function joinAtLast(refusal: unknown): Promise<void> {
    let error = refusal;
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      logger.warn({ err: error }, 'the log does not let the counter join its group; it tries again');
      await clock.sleep(backoff_ms(limits, failures), stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        return await join();
      } catch (again) {
        error = again;
      }
    }
  }

  async function pollLag(): Promise<void> {
    let answered = true;
    while (!stopping.signal.aborted) {
      try {
        await lag.poll();
        answered = true;
      } catch (error) {
        if (answered) logger.warn({ err: error }, 'the log does not tell the lag; its metrics stay as they were');
        answered = false;
      }
      await clock.sleep(LAG_POLL_MS, stopping.signal);
    }
  }

  return {
    name: 'counter',
    needs: ['log', 'tables'],
    routes: [hotKeysRoute(watch.hotKeys)],
    async start() {
      const forget = metrics.beforeRender(() => {
        lag.refresh();
        watch.refresh();
      });
      stopping.signal.addEventListener('abort', forget, { once: true });
      ended.push(pollLag());
      await join().catch((error: unknown) => {
        if (error instanceof WrongSetup) throw error;
        ended.push(joinAtLast(error));
      });
    },
    async stop() {
      stopping.abort();
      await Promise.all(ended);
      await running?.stop();
    },
    readiness: () => watch.readiness(),
  };
}
