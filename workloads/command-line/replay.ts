/** `kaiseki replay`: sends a sample stream to a running ingest. */
import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import { Random } from '#platform/random/random.ts';
import { BATCH_ORDERS_MAX } from '../orders/ingest/ingest-batch.ts';
import type { Dimension, Menu } from '../orders/menu.ts';
import { replay } from '../orders/replay/replay.ts';
import { addressAt } from '../orders/replay/replay-client.ts';
import { SampleStream } from '../orders/replay/sample-stream.ts';
import { type CommandContext, settingsAndLogger, UsageError } from './context.ts';
import { examples } from './help.ts';
import { decimal, httpAddress, instant, wholeNumber } from './option-values.ts';
import { startProgress } from './replay-progress.ts';
import { openRecord } from './replay-record.ts';
import { summaryLines } from './replay-summary.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Any seed is as good as another; this many are easy to copy. */
const SEEDS = 1_000_000;
const ANSWER_MS_MAX = 5_000;

interface ReplayArguments {
  readonly url?: string;
  readonly orders: number;
  readonly rate: number;
  readonly batch: number;
  readonly users: number;
  readonly skew: number;
  readonly hot: number;
  readonly duplicates: number;
  readonly days: number;
  readonly until?: number;
  readonly dimension?: string;
  readonly seed?: number;
  readonly apiKey?: string;
  readonly record?: string;
  readonly json?: true;
}

export function addReplay(program: Command, context: CommandContext): void {
  program
    .command('replay')
    .summary('send a reproducible stream of sample orders to a running ingest')
    .description(
      'Sends sample orders to a running ingest over HTTP. The same seed and options make the same orders; customers order as unevenly as asked, ' +
        'their tastes drift, and some orders are sent twice. What is answered with 503 is sent again under the same order ids. ' +
        'Exit code 1 where an order was not accepted.',
    )
    .option('--url <address>', 'where ingest listens (default: this machine, at KAISEKI_PORT)', httpAddress)
    .option('--orders <number>', 'orders to make', wholeNumber(1, 1_000_000_000), 10_000)
    .option('--rate <number>', 'orders a second; 0 is as fast as they are taken', wholeNumber(0, 1_000_000), 500)
    .option('--batch <number>', 'orders in one request at the most; 1 sends each by itself', wholeNumber(1, BATCH_ORDERS_MAX), 100)
    .option('--users <number>', 'customers', wholeNumber(1, 100_000_000), 1_000)
    .option('--skew <exponent>', 'how unevenly customers order: the exponent of Zipf’s law; 0 is evenly', decimal(0, 5), 1)
    .option('--hot <share>', 'share of one single customer in all orders, 0 to 1', decimal(0, 1), 0)
    .option('--duplicates <share>', 'share of the orders that are sent twice, 0 to 1', decimal(0, 1), 0)
    .option(
      '--days <number>',
      'spread the orders over so many days before --until; 0: each is made when it is sent',
      wholeNumber(0, 3_650),
      0,
    )
    .option('--until <instant>', 'when the last order was made, where --days is given (default: now)', instant)
    .option('--dimension <name>', 'orders of this dimension only (default: all of the menu)')
    .option('--seed <number>', 'what decides the stream (default: drawn, and printed)', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--api-key <key>', 'the API key to send (default: the first ingest key of KAISEKI_API_KEYS)')
    .option('--record <file>', 'write every send that was accepted, or may have been, into this file (NDJSON)')
    .option('--json', 'end with the summary as JSON')
    .addHelpText(
      'after',
      examples([
        'kaiseki replay',
        'kaiseki replay --orders 200000 --rate 0 --hot 0.2 --duplicates 0.05 --seed 7',
        'kaiseki replay --days 7 --until 2026-11-20T00:00:00+09:00 --dimension cuisine --record sent.ndjson',
      ]),
    )
    .action(async (options: ReplayArguments) => {
      if (options.until !== undefined && options.days === 0) throw new UsageError('--until goes with --days');
      const { settings } = settingsAndLogger(context);
      const dimensions = chosenDimensions(settings.orders.menu, options.dimension);
      const url = options.url ?? `http://localhost:${settings.http.port}`;
      await mustAnswer(url);
      const seed = options.seed ?? randomInt(SEEDS);
      const apiKey = options.apiKey ?? settings.http.apiKeys.find(({ role }) => role === 'ingest')?.key;
      const { clock } = context;
      const until_ms = options.until ?? clock.now_ms();
      using record = openRecord(options.record);
      using progress = startProgress(options.orders, clock);
      const asked = untilAskedToStop();
      const report = await replay(
        new SampleStream({ ...options, dimensions }, new Random(seed)),
        {
          ...options,
          url,
          apiKey,
          clock,
          orderedAt: (index) => (options.days === 0 ? clock.now_ms() : spread_ms(until_ms, options.days, index, options.orders)),
          retrying: (reason) => progress.retrying(reason),
          decided: (send, fate) => {
            progress.decided(send, fate);
            record.decided(send, fate);
          },
        },
        asked,
      );
      progress[Symbol.dispose]();
      context.print(options.json ? `${JSON.stringify({ seed, ...report })}\n` : summaryLines(seed, report, options.record));
      if (asked.aborted || report.refused + report.unknown > 0) context.exitCode = 1;
    });
}

/** The instant of one of `orders` orders that are spread evenly over the days before `until_ms`. */
function spread_ms(until_ms: number, days: number, index: number, orders: number): number {
  return Math.max(0, Math.round(until_ms - days * DAY_MS * (1 - (index + 1) / orders)));
}

function chosenDimensions(menu: Menu, name: string | undefined): readonly Dimension[] {
  if (name === undefined) return menu.dimensions;
  const dimension = menu.dimension(name);
  if (dimension) return [dimension];
  const names = menu.dimensions.map((one) => one.name).join(', ');
  throw new UsageError(`there is no dimension ${JSON.stringify(name)} on the menu; it has ${names}`);
}

/** @throws Error where nothing listens, before a minute is spent on trying again */
async function mustAnswer(url: string): Promise<void> {
  try {
    await fetch(addressAt(url, '/livez'), { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  } catch {
    throw new Error(`nothing answers at ${url}; start it (kaiseki all), or say where it is (--url)`);
  }
}

/** Aborted by Ctrl+C or SIGTERM: what is under way is then finished and summed up. A second one ends at once. */
function untilAskedToStop(): AbortSignal {
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => asked.abort());
  return asked.signal;
}
