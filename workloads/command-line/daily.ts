/** `kaiseki daily`: recounts days once. */
import type { Command } from 'commander';
import { DayCutter } from '#platform/clock/day.ts';
import { openLog, openTables } from '../adapters.ts';
import { createProgramMetrics } from '../metrics.ts';
import { parseDayRange } from '../orders/daily/daily-days.ts';
import { DRIFT_EXIT_CODE } from '../orders/daily/daily-report.ts';
import { runDaily } from '../orders/daily/daily-run.ts';
import { type CommandContext, settingsAndLogger, UsageError } from './context.ts';
import { dailyTable } from './daily-table.ts';
import { examples } from './help.ts';
import { withOrders } from './no-orders.ts';

interface DailyArguments {
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: true;
}

export function addDaily(program: Command, context: CommandContext): void {
  program
    .command('daily')
    .summary('recount days, write their summaries and audit the live totals')
    .description(
      'Recounts days from the order log, writes their summaries, and compares the live totals with the recount: a difference is exit code 3. ' +
        'Without options: yesterday, and every earlier day that has late orders. Safe to run again, also while the counters run.',
    )
    .option('--date <day>', 'recount this day (YYYY-MM-DD), which must be over')
    .option('--from <day>', 'recount from this day on …')
    .option('--to <day>', '… to this one, both included')
    .option('--json', 'answer with JSON')
    .addHelpText(
      'after',
      examples(['kaiseki daily', 'kaiseki daily --date 2026-11-20', 'kaiseki daily --from 2026-11-01 --to 2026-11-20 --json']),
    )
    .action(async ({ json, ...days }: DailyArguments) => {
      const { settings, logger } = settingsAndLogger(context);
      const { clock } = context;
      const parsed = parseDayRange(days, new DayCutter(settings.orders.timeZone).dayOf(clock.now_ms()));
      if (!parsed.ok) throw new UsageError(parsed.problem);
      await using opened = new AsyncDisposableStack();
      const log = await openLog(settings, clock, logger);
      opened.defer(() => log.close());
      const tables = await openTables(settings);
      opened.defer(() => tables.close());
      const { range } = parsed;
      const metrics = createProgramMetrics();
      const report = await withOrders(settings, () => runDaily({ settings, log, tables, clock, metrics, logger }, { range }));
      context.print(json ? `${JSON.stringify(report)}\n` : dailyTable(report));
      if (report.drift !== 0) context.exitCode = DRIFT_EXIT_CODE;
    });
}
