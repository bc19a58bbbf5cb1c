/** Runs a process from its first line to its exit code: what it prints, the signals that stop it, and what may not take for ever. */
import type { Logger } from 'pino';
import type { Clock } from '#platform/clock/clock.ts';
import { SettingsMistakes } from '#platform/config/environment.ts';
import { exposureProblem } from '#platform/http/access.ts';
import { WrongSetup } from '#platform/log/log.ts';
import { type ProcessOptions, type RunningProcess, startProcess } from './process.ts';
import type { Settings } from './settings.ts';
import { VERSION } from './version.ts';

/** How long a graceful stop may take, in milliseconds; Kubernetes kills after 30 s. */
const STOP_MS_MAX = 20_000;

/** What runs beside the workloads, as the demo's stream does; it ends when `signal` is aborted. */
export type Companion = (address: string, signal: AbortSignal) => Promise<void>;

/**
 * Runs the workloads until SIGTERM, SIGINT or SIGHUP, then stops them gracefully.
 * @returns the exit code: 0, or 1 where a workload could not start or the stop took too long or was cut short
 * @throws SettingsMistakes when the process would listen to everybody without having been told to; WrongSetup when the data
 * directory is another process's, or was begun with other settings
 */
export async function runProcess(options: ProcessOptions, companion?: Companion): Promise<number> {
  const { settings, clock, logger } = options;
  const exposure = exposureProblem(settings.http);
  if (exposure) throw new SettingsMistakes([{ variable: 'KAISEKI_API_KEYS', problem: exposure }]);
  exitOnBrokenInvariants(logger);
  const asked = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked.signal.aborted) {
      logger.error({ signal }, 'asked twice to stop: what was not yet drained is left to the next start');
      process.exit(1);
    }
    logger.info({ signal }, 'stopping: no new orders, finishing what was accepted');
    asked.abort();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  // The terminal or the session is gone, as with Ctrl+C.
  process.on('SIGHUP', onSignal);

  const running = await startProcess(options);
  const say = () => {
    if (!asked.signal.aborted) announce(running, options);
  };
  // Embedded storage answers at once, and only what has started knows that no other process uses the same data.
  if (settings.kafka || settings.cassandra) say();
  else void running.started.then(say, () => undefined);
  const failed = await untilAskedOrFailed(running, asked.signal, companion);
  const isSetup = failed instanceof WrongSetup;
  if (failed !== undefined && !isSetup) logger.fatal({ err: failed }, 'the process cannot go on');
  const isStopped = await stopInTime(running, clock, logger);
  if (isSetup) throw failed;
  return isStopped && failed === undefined ? 0 : 1;
}

/** Resolves when the process is asked to stop, or with the error when something of it failed. */
async function untilAskedOrFailed(running: RunningProcess, asked: AbortSignal, companion: Companion | undefined): Promise<unknown> {
  const untilAsked = new Promise<void>((resolve) => asked.addEventListener('abort', () => resolve(), { once: true }));
  if (asked.aborted) return undefined;
  const work = running.started.then(() => companion?.(running.address, asked));
  return Promise.race([
    untilAsked.then(() => undefined),
    work.then(
      () => untilAsked.then(() => undefined),
      (error: unknown) => error ?? new Error('failed without a reason'),
    ),
  ]);
}

/** Whether the stop ended in time and without an error. */
async function stopInTime(running: RunningProcess, clock: Clock, logger: Logger): Promise<boolean> {
  const stopped = new AbortController();
  const late = clock.sleep(STOP_MS_MAX, stopped.signal).then(() => 'late' as const);
  try {
    if ((await Promise.race([running.stop(), late])) !== 'late') {
      logger.info('stopped');
      return true;
    }
    logger.error({ stop_ms_max: STOP_MS_MAX }, 'the stop took too long: what was not yet drained is left to the next start');
  } catch (error) {
    logger.error({ err: error }, 'the stop failed: what was not yet drained is left to the next start');
  } finally {
    stopped.abort();
  }
  return false;
}

/** Nothing is known of a process after an error that nobody caught; what it had accepted is in the log. */
function exitOnBrokenInvariants(logger: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error }, `${event}: the process ends`);
      process.exit(1);
    });
  }
}

/** Says where to look: to a person on standard output, and as one line of the log to everything else. */
function announce({ address, metricsAddress, pages }: RunningProcess, { settings, workloads, logger }: ProcessOptions): void {
  if (pages.length === 0 && workloads.includes('summary')) logger.warn('the pages are not built, so none are served: npm run build:pages');
  if (!process.stdout.isTTY) {
    logger.info({ version: VERSION, workloads, address, metricsAddress, pages }, 'listening');
    return;
  }
  const lines: [string, string][] = [
    ...pages.map((page): [string, string] => ['page', page]),
    ['API', `${address}/docs`],
    ['workloads', workloads.join(', ')],
    ['data', whereDataIs(settings)],
  ];
  process.stdout.write(`\n  懐石 Kaiseki ${VERSION}\n\n`);
  for (const [name, value] of lines) process.stdout.write(`  ${name.padEnd(10)} ${value}\n`);
  process.stdout.write(`\n  Ctrl+C stops it.\n\n`);
}

function whereDataIs({ kafka, cassandra, dataDirectory }: Settings): string {
  const log = kafka ? `Kafka ${kafka.brokers.join(', ')}` : dataDirectory;
  const tables = cassandra ? `Cassandra ${cassandra.contactPoints.join(', ')}` : dataDirectory;
  return log === tables ? log : `log: ${log}; tables: ${tables}`;
}
