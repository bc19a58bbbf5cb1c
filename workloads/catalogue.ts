/** What there is to run, by name. A workload's code is loaded only where it runs. */
import type { TopicDefinition } from '#platform/log/log.ts';
import { COUNTER_GROUP } from './orders/orders-fold.ts';
import { ORDER_LOGS, orderTopics } from './orders/topics.ts';
import type { Settings } from './settings.ts';
import type { Platform, Workload } from './workload.ts';

export interface CatalogueEntry {
  /** One sentence for `kaiseki --help`. */
  readonly purpose: string;
  create(platform: Platform): Promise<Workload>;
}

export const WORKLOADS = {
  ingest: {
    purpose: 'takes orders in over HTTP and appends them to the log',
    create: async (platform) => (await import('./orders/ingest/ingest.ts')).createIngest(platform),
  },
  counter: {
    purpose: 'counts the log into the tables, each order once',
    create: async (platform) => (await import('./orders/counter/counter.ts')).createCounter(platform),
  },
  summary: {
    purpose: 'serves the API of segments, totals and summaries, and the pages',
    create: async (platform) => (await import('./orders/summary/summary.ts')).createSummary(platform),
  },
  live: {
    purpose: 'pushes new totals to every open browser',
    create: async (platform) => (await import('./orders/live/live.ts')).createLive(platform),
  },
  daily: {
    purpose: 'sums up each day shortly after midnight (alone it is a command that does so once)',
    create: async (platform) => (await import('./orders/daily/daily.ts')).createDaily(platform),
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type WorkloadName = keyof typeof WORKLOADS;
export const WORKLOAD_NAMES = Object.keys(WORKLOADS) as readonly WorkloadName[];

export function isWorkloadName(name: string): name is WorkloadName {
  return Object.hasOwn(WORKLOADS, name);
}

/** Every topic that the workloads need. */
export function allTopics(settings: Settings): readonly TopicDefinition[] {
  return orderTopics(settings.orders.layout.shards);
}

/** Every consumer group, and the topic that it reads. */
export const CONSUMER_GROUPS: readonly { readonly group: string; readonly topic: string }[] = [{ group: COUNTER_GROUP, topic: ORDER_LOGS }];
