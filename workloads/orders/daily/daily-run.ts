/** One run of the daily recount (decision 8, step 7): recount, write the summaries, audit the live totals. */
import { addDays, DayCutter, daysBetween } from '#platform/clock/day.ts';
import { ALL } from '#platform/fold/totals.ts';
import type { Log } from '#platform/log/log.ts';
import { type Mutation, put } from '#platform/tables/tables.ts';
import type { Platform } from '../../workload.ts';
import { COUNTER_GROUP, ORDERS_FOLD } from '../orders-fold.ts';
import { dailySummary, monthOf } from '../tables.ts';
import { ORDER_LOGS } from '../topics.ts';
import { auditShard, driftOf } from './daily-audit.ts';
import { type DayRange, readDaysDue, sumOfShards } from './daily-days.ts';
import { recount } from './daily-recount.ts';
import type { DailyReport } from './daily-report.ts';
import { type Counts, readSnapshots, type ShardSnapshot } from './daily-snapshot.ts';

/** How long a run waits for the counters to have written every row that their totals count, in milliseconds. */
const GROUP_WAIT_MS_MAX = 120_000;
const GROUP_POLL_MS = 500;
/** Shards recounted at once. */
const SHARDS_AT_ONCE = 4;
const DIFFERENCES_MAX = 100;
const WRITE_ROWS_MAX = 500;

export interface DailyOptions {
  /** The days to recount; without it yesterday, and every earlier day whose summary differs from the live totals. */
  readonly range?: DayRange | undefined;
  /** Aborted, the run ends early and rejects. */
  readonly signal?: AbortSignal;
}

/** What a run needs of the process. */
export type DailyPlatform = Pick<Platform, 'settings' | 'tables' | 'clock' | 'metrics' | 'logger'> & {
  readonly log: Pick<Log, 'lag' | 'nameOf'>;
};

/**
 * Recounts days and writes their summaries. Running it again, or twice at once, changes nothing: rows carry as version
 * the sum of the shards' next_offsets, so that the run which saw more orders wins.
 * @throws Error when the counters do not catch up, when a shard was counted under another configuration, or when log or tables fail
 */
export async function runDaily(platform: DailyPlatform, options: DailyOptions = {}): Promise<DailyReport> {
  const { clock, logger } = platform;
  const metrics = platform.metrics.orders.daily;
  const started_ms = clock.monotonic_ms();
  try {
    const report = await recountAndAudit(platform, options, started_ms);
    metrics.drift.set({ fold: ORDERS_FOLD }, report.drift);
    metrics.runs.inc({ outcome: report.drift === 0 ? 'success' : 'drift' });
    if (report.drift === 0) metrics.lastSuccess.set(clock.now_ms() / 1_000);
    const { drift, differences, duration_s } = report;
    if (drift === 0)
      logger.info({ days: report.days.map(({ date }) => date), duration_s }, 'days recounted; the live totals equal the recount');
    else logger.error({ drift, differences, duration_s }, 'DRIFT: the live totals differ from a recount of the order log');
    return report;
  } catch (error) {
    metrics.runs.inc({ outcome: 'failure' });
    throw error;
  } finally {
    metrics.duration.set((clock.monotonic_ms() - started_ms) / 1_000);
  }
}

/** The days that a run would find missing or out of date now. */
export async function findDaysDue(platform: DailyPlatform, signal: AbortSignal): Promise<readonly string[]> {
  const { tables, clock, settings } = platform;
  const cutter = new DayCutter(settings.orders.timeZone);
  const snapshots = await readSnapshots(tables, settings.orders);
  return await readDaysDue({ tables, clock, cutter, signal }, snapshots, cutter.dayOf(clock.now_ms()));
}

async function recountAndAudit(platform: DailyPlatform, options: DailyOptions, started_ms: number): Promise<DailyReport> {
  const { clock, tables } = platform;
  const { menu, timeZone } = platform.settings.orders;
  const signal = options.signal ?? new AbortController().signal;
  const cutter = new DayCutter(timeZone);
  const read_ms = clock.now_ms();
  const today = cutter.dayOf(read_ms);
  const recounting = { tables, clock, cutter, signal };
  const snapshots = await readSnapshots(tables, platform.settings.orders);
  const days = options.range
    ? daysBetween(options.range.from, options.range.to)
    : [...new Set([...(await readDaysDue(recounting, snapshots, today)), addDays(today, -1)])].sort();
  await untilWritten(platform, snapshots, signal);
  const wanted = new Set(days);
  const recounted: Counts[] = [];
  for (let first = 0; first < snapshots.length; first += SHARDS_AT_ONCE) {
    const some = snapshots.slice(first, first + SHARDS_AT_ONCE);
    recounted.push(...(await Promise.all(some.map((snapshot) => recount(recounting, snapshot, wanted)))));
  }
  const totals = sumOfShards(recounted);
  await writeSummaries(platform, days, totals, snapshots);
  const differences = snapshots.flatMap((snapshot, index) => auditShard(snapshot, recounted[index] ?? new Map(), days));
  const differencesOf = Map.groupBy(differences, ({ date }) => date);
  const driftOfPeriod = (period: string) => driftOf(differencesOf.get(period) ?? []);
  const driftOfDays = days.reduce((sum, day) => sum + driftOfPeriod(day), 0);
  return {
    time_zone: timeZone,
    read_at: new Date(read_ms).toISOString(),
    duration_s: Math.round(clock.monotonic_ms() - started_ms) / 1_000,
    days: days.map((date) => ({
      date,
      totals: Object.fromEntries(menu.menuTypes.map((menuType) => [menuType, totals.get(date)?.get(menuType) ?? 0])),
      drift: driftOfPeriod(date),
    })),
    drift: Math.max(driftOfDays, driftOfPeriod(ALL)),
    drift_all_time: driftOfPeriod(ALL),
    differences: differences.slice(0, DIFFERENCES_MAX),
  };
}

/**
 * Waits until every order that the snapshots count has its row: the group's offset is stored after the rows.
 * @throws Error naming the shards that stay behind
 */
async function untilWritten({ log, clock }: DailyPlatform, snapshots: readonly ShardSnapshot[], signal: AbortSignal): Promise<void> {
  const started_ms = clock.monotonic_ms();
  for (;;) {
    const offsets = new Map((await log.lag(ORDER_LOGS, COUNTER_GROUP)).map(({ partition, groupOffset }) => [partition, groupOffset ?? 0]));
    const behind = snapshots.filter(({ shard, nextOffset }) => (offsets.get(shard) ?? 0) < nextOffset);
    if (behind.length === 0) return;
    if (clock.monotonic_ms() - started_ms >= GROUP_WAIT_MS_MAX) throw new Error(behindProblem(log.nameOf(COUNTER_GROUP), behind, offsets));
    await clock.sleep(GROUP_POLL_MS, signal);
    signal.throwIfAborted();
  }
}

function behindProblem(group: string, behind: readonly ShardSnapshot[], offsets: ReadonlyMap<number, number>): string {
  const shards = behind.map(({ shard, nextOffset }) => `shard ${shard} at ${offsets.get(shard) ?? 0} of ${nextOffset}`).join(', ');
  return `the group ${group} did not reach the counted offsets within ${GROUP_WAIT_MS_MAX / 1_000} s (${shards}): rows of counted orders may be missing. Is a counter running?`;
}

/** One row for every menu type, 0 included: none of an earlier run may survive it. */
async function writeSummaries(
  { tables, clock, settings }: DailyPlatform,
  days: readonly string[],
  totals: Counts,
  snapshots: readonly ShardSnapshot[],
): Promise<void> {
  const version = snapshots.reduce((sum, { nextOffset }) => sum + nextOffset, 0);
  const computed_at = clock.now_ms();
  const rows: Mutation[] = days.flatMap((day) =>
    settings.orders.menu.menuTypes.map((segment) =>
      put(
        dailySummary,
        { month: monthOf(day), order_date: day, segment, total_count: totals.get(day)?.get(segment) ?? 0, computed_at },
        version,
      ),
    ),
  );
  for (let first = 0; first < rows.length; first += WRITE_ROWS_MAX) await tables.write(rows.slice(first, first + WRITE_ROWS_MAX));
}
