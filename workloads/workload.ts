/** What every workload is to the process that runs it. */
import type { Server } from 'node:http';
import type { Logger } from 'pino';
import type { Clock } from '#platform/clock/clock.ts';
import type { FoldBudget } from '#platform/fold/budget.ts';
import type { Readiness } from '#platform/http/readiness.ts';
import type { Route } from '#platform/http/route.ts';
import type { Log } from '#platform/log/log.ts';
import type { Tables } from '#platform/tables/tables.ts';
import type { ProgramMetrics } from './metrics.ts';
import type { Settings } from './settings.ts';

/** What a process gives to its workloads. One log and one tables, shared by all workloads of the process. */
export interface Platform {
  readonly settings: Settings;
  readonly log: Log;
  readonly tables: Tables;
  /** What all folds of the process share. */
  readonly budget: FoldBudget;
  readonly clock: Clock;
  readonly metrics: ProgramMetrics;
  readonly logger: Logger;
}

/** A port that a workload can need. */
export const PORTS = ['log', 'tables'] as const;
export type Port = (typeof PORTS)[number];

export interface Workload {
  readonly name: string;
  /** What it cannot work without: it is started when these answer, and its process is ready only while they do. */
  readonly needs: readonly Port[];
  /** What it serves on the process's one HTTP server. */
  readonly routes: readonly Route[];
  /** The directory of the built pages, where it serves them. */
  readonly pages?: string;
  /** Begins its work; `server` is the process's HTTP server, for those that upgrade connections. */
  start(server: Server): Promise<void>;
  /** Ends intake, drains what it has accepted, and resolves when all of it is durable. */
  stop(): Promise<void>;
  /** Its own reasons, beside the checks of what it needs. */
  readiness(): readonly Readiness[];
}
