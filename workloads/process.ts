/** One process: one log, one tables, one HTTP server, and the workloads that share them. */
import { readdirSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Clock } from '#platform/clock/clock.ts';
import { budgetLimits } from '#platform/config/folds.ts';
import { FoldBudget } from '#platform/fold/budget.ts';
import { isLoopback } from '#platform/http/access.ts';
import { documentationRoutes } from '#platform/http/docs.ts';
import { healthRoutes } from '#platform/http/health.ts';
import { metricsRoute } from '#platform/http/metrics-route.ts';
import { unavailable } from '#platform/http/problem.ts';
import type { Readiness } from '#platform/http/readiness.ts';
import type { Route } from '#platform/http/route.ts';
import { createHttpServer, DEFAULT_HTTP_LIMITS, type HttpServer } from '#platform/http/server.ts';
import { pagesMiddleware } from '#platform/http/static.ts';
import { measureBudget } from '#platform/metrics/budget.ts';
import { measureLog } from '#platform/metrics/log.ts';
import { createMetrics } from '#platform/metrics/metrics.ts';
import { measureQueue, type Queue, type QueueMetrics } from '#platform/metrics/queue.ts';
import { measureTables } from '#platform/metrics/tables.ts';
import { openLog, openTables } from './adapters.ts';
import { allTopics, WORKLOADS, type WorkloadName } from './catalogue.ts';
import { createProgramMetrics } from './metrics.ts';
import type { Settings } from './settings.ts';
import { VERSION } from './version.ts';
import { type Platform, PORTS, type Port, type Workload } from './workload.ts';

export interface ProcessOptions {
  readonly settings: Settings;
  readonly workloads: readonly WorkloadName[];
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface RunningProcess {
  /** Where the HTTP server listens: `http://localhost:8080`. */
  readonly address: string;
  /** Where only metrics are to be had; undefined where there is no port for that. */
  readonly metricsAddress: string | undefined;
  /** The addresses of the pages, where they are built and served. */
  readonly pages: readonly string[];
  /** Resolves when every workload has started, or when the process was stopped before; rejects when one cannot start. */
  readonly started: Promise<void>;
  /** Stops intake, drains, flushes, commits, and closes everything. */
  stop(): Promise<void>;
}

/** The wait between two looks at a port that does not answer, in milliseconds: doubled from the first to the second. */
const DEPENDENCY_WAIT_MS_MIN = 250;
const DEPENDENCY_WAIT_MS_MAX = 5_000;

const API = {
  title: 'Kaiseki',
  version: VERSION,
  description: 'Orders in; live customer segments, totals and daily summaries out. Every order is counted exactly once.',
};

/**
 * Opens the adapters, listens, and starts the workloads as soon as the ports that they need answer; until then `/readyz`
 * says what is missing and every request of a workload is answered with 503.
 * @throws when the data directory cannot be used or the port is taken
 */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const { settings, clock, logger } = options;
  const opened = new AsyncDisposableStack();
  try {
    const metrics = createProgramMetrics();
    metrics.addProcess(VERSION);
    const queued = (gauges: QueueMetrics) => (queue: Queue) => opened.defer(measureQueue(queue, gauges, metrics));
    const log = measureLog(await openLog(settings, clock, logger, queued(metrics.log)), metrics.log, clock);
    opened.defer(() => log.close());
    const tables = measureTables(await openTables(settings, queued(metrics.tables)), metrics, clock);
    opened.defer(() => tables.close());
    const budget = new FoldBudget(budgetLimits(settings.folds, settings.kafka ? 'kafka' : 'embedded'));
    opened.defer(measureBudget(budget, metrics));
    const platform: Platform = { settings, log, tables, budget, clock, metrics, logger };
    const workloads = await Promise.all(options.workloads.map((name) => WORKLOADS[name].create(platform)));
    const life = new ProcessLife(platform, workloads);
    const pages = workloads.find((workload) => workload.pages !== undefined)?.pages;
    const http = httpServer(platform, life, pages);
    const address = await http.listen();
    opened.defer(() => http.stop());
    const forMetrics = metricsServer(platform);
    const metricsAddress = await forMetrics?.listen();
    opened.defer(() => forMetrics?.stop());
    const started = life.start(http);
    tellOfPages(platform);
    return {
      address,
      metricsAddress,
      pages: pages === undefined ? [] : pagesIn(pages).map((page) => `${address}/${page}`),
      started,
      async stop() {
        await life.stop(http);
        await opened.disposeAsync();
      },
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/** What stands in pages for everybody to see is no secret, and whoever reads the log is to know that it is none. */
function tellOfPages({ settings, logger }: Platform): void {
  const { origins, publishableKeys, idTokens } = settings.http;
  if (origins.length > 0 || publishableKeys.length > 0 || idTokens)
    logger.info({ origins, publishableKeys, idTokenIssuer: idTokens?.issuer }, 'pages of other origins may ask');
}

/** The pages of a directory, but for the one that only leads to the others. */
function pagesIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.html') && name !== 'index.html')
    .toSorted();
}

function httpServer(platform: Platform, life: ProcessLife, pages: string | undefined): HttpServer {
  const { settings, clock, metrics, logger } = platform;
  const health = healthRoutes({
    clock,
    readiness: () => life.readiness(),
    dependencies: Object.fromEntries(life.needs.map((port) => [port, () => platform[port].check()])),
  });
  // What the program is for stands first in its documentation.
  const isLast = ({ tag }: Route) => Number(tag === 'operations');
  const routes = [...life.routes(), ...health, metricsRoute(metrics, 'read')].toSorted((one, other) => isLast(one) - isLast(other));
  return createHttpServer({
    settings: settings.http,
    limits: DEFAULT_HTTP_LIMITS,
    routes: [
      ...routes,
      ...documentationRoutes(routes, { ...API, basePath: settings.http.basePath, needsKeys: settings.http.apiKeys.length > 0 }),
    ],
    ...(pages === undefined ? {} : { pages: pagesMiddleware(pages) }),
    clock,
    logger,
    metrics,
  });
}

/**
 * The listener that nobody but Prometheus is to reach: no page of any origin asks it, and on this machine it answers for
 * localhost alone. Its own requests are none of those that the program's metrics count.
 */
function metricsServer({ settings, clock, metrics, logger }: Platform): HttpServer | undefined {
  const { metricsPort: port, host } = settings.http;
  if (port === undefined) return undefined;
  return createHttpServer({
    settings: {
      ...settings.http,
      port,
      basePath: '',
      apiKeys: [],
      origins: [],
      publishableKeys: [],
      idTokens: undefined,
      allowAnonymous: !isLoopback(host),
    },
    refusesPages: true,
    limits: DEFAULT_HTTP_LIMITS,
    routes: [metricsRoute(metrics, 'open')],
    clock,
    logger,
    metrics: createMetrics(),
  });
}

/** The workloads of a process, from their start to their end. */
class ProcessLife {
  /** What its workloads need together: nothing else keeps any of them from work. */
  readonly needs: readonly Port[];
  readonly #platform: Platform;
  readonly #workloads: readonly Workload[];
  readonly #working: Workload[] = [];
  readonly #stopping = new AbortController();
  #phase: 'starting' | 'running' | 'stopping' = 'starting';
  #started: Promise<void> = Promise.resolve();

  constructor(platform: Platform, workloads: readonly Workload[]) {
    this.#platform = platform;
    this.#workloads = workloads;
    this.needs = PORTS.filter((port) => workloads.some((workload) => workload.needs.includes(port)));
  }

  /** The workloads' routes; each answers 503 until the workloads have started. */
  routes(): Route[] {
    return this.#workloads.flatMap(({ routes }) =>
      routes.map((route) => ({
        ...route,
        handle: async (context, raw) => {
          if (this.#phase === 'starting') throw unavailable('The process is still starting; /readyz says what it waits for.');
          await route.handle(context, raw);
        },
      })),
    );
  }

  readiness(): readonly Readiness[] {
    if (this.#phase !== 'running') return [{ name: 'process', ready: false, reason: `it is ${this.#phase}` }];
    return this.#workloads.flatMap((workload) => workload.readiness());
  }

  start(http: HttpServer): Promise<void> {
    this.#started = this.#start(http);
    return this.#started;
  }

  async #start(http: HttpServer): Promise<void> {
    const { settings, log } = this.#platform;
    await Promise.all(this.needs.map((port) => this.#untilAnswers(port)));
    if (this.#stopping.signal.aborted) return;
    // Where Kafka is, its operator or `kaiseki topics` creates the topics: a counter need not have the right to.
    // The embedded log is a file that is open by now: those who do not need the log need not wait for it either.
    if (!settings.kafka) await log.createTopics(allTopics(settings));
    for (const workload of this.#workloads) {
      this.#working.push(workload);
      await workload.start(http.server);
    }
    if (this.#phase === 'starting') this.#phase = 'running';
  }

  /** Waits until the port answers, or the process is stopped. */
  async #untilAnswers(port: Port): Promise<void> {
    const { [port]: dependency, clock, logger } = this.#platform;
    const { signal } = this.#stopping;
    for (let wait_ms = DEPENDENCY_WAIT_MS_MIN; !signal.aborted; wait_ms = Math.min(wait_ms * 2, DEPENDENCY_WAIT_MS_MAX)) {
      try {
        await dependency.check();
        return;
      } catch (error) {
        logger.warn({ reason: error instanceof Error ? error.message : String(error) }, `waiting for the ${port}`);
        await clock.sleep(wait_ms, signal);
      }
    }
  }

  /** Clients are sent elsewhere first; then every workload ends its intake and drains, while the server finishes the requests that it has. */
  async stop(http: HttpServer): Promise<void> {
    this.#phase = 'stopping';
    this.#stopping.abort();
    await this.#started.catch(() => undefined);
    await http.linger();
    await Promise.all([http.stop(), ...this.#working.map((workload) => workload.stop())]);
  }
}
