/** The workload `daily` of a process that runs on: the recount at ten past midnight, and at the start if a summary is missing. */
import type { Platform, Workload } from '../../workload.ts';
import { findDaysDue, runDaily } from './daily-run.ts';
import { DailySchedule } from './daily-schedule.ts';

/** A run that fails (the counters are behind, the tables do not answer) is tried again, at most so often, then the next night. */
const ATTEMPTS = 10;
const RETRY_MS = 60_000;
/** The clock is looked at again at least this often while waiting, in milliseconds: a laptop that slept wakes up late. */
const WAIT_MS_MAX = 5 * 60_000;

/** Always ready; what became of the last run is the reason that /readyz shows. */
export function createDaily(platform: Platform): Workload {
  const { clock, settings } = platform;
  const logger = platform.logger.child({ workload: 'daily' });
  const schedule = new DailySchedule(settings.orders.timeZone);
  const stopping = new AbortController();
  const { signal } = stopping;
  let ended: Promise<void> = Promise.resolve();
  let outcome = 'no run yet';

  async function run(): Promise<void> {
    const { days, drift, read_at } = await runDaily({ ...platform, logger }, { signal });
    outcome = `the last run, at ${read_at}, recounted ${days.length} ${days.length === 1 ? 'day' : 'days'} with a drift of ${drift}`;
  }

  async function runIfDue(): Promise<void> {
    if ((await findDaysDue(platform, signal)).length > 0) await run();
  }

  async function attempt(work: () => Promise<void>): Promise<void> {
    for (let attempts = 1; !signal.aborted; attempts++) {
      try {
        return await work();
      } catch (error) {
        if (signal.aborted) return;
        outcome = `the last run failed: ${error instanceof Error ? error.message : String(error)}`;
        const again = attempts < ATTEMPTS;
        logger.error(
          { err: error, attempts },
          again ? 'the daily recount failed; it is tried again' : 'the daily recount failed until the next night',
        );
        if (!again) return;
        await clock.sleep(RETRY_MS, signal);
      }
    }
  }

  async function waitUntil(at_ms: number): Promise<void> {
    for (;;) {
      const left_ms = at_ms - clock.now_ms();
      if (left_ms <= 0 || signal.aborted) return;
      await clock.sleep(Math.min(left_ms, WAIT_MS_MAX), signal);
    }
  }

  async function everyNight(): Promise<void> {
    await attempt(runIfDue);
    while (!signal.aborted) {
      await waitUntil(schedule.nextAfter(clock.now_ms()));
      await attempt(run);
    }
  }

  return {
    name: 'daily',
    needs: ['log', 'tables'],
    routes: [],
    async start() {
      ended = everyNight();
    },
    async stop() {
      stopping.abort();
      await ended;
    },
    readiness: () => [{ name: 'daily', ready: true, reason: outcome }],
  };
}
