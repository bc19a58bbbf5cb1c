/** The settings of the order stream. */
import { defineGroup, joinParts } from '#platform/config/environment.ts';
import { choice, jsonFile, text, wholeNumber } from '#platform/config/variables.ts';
import { DEFAULT_FOLD_LIMITS, type FoldLimits } from '#platform/fold/limits.ts';
import { DEFAULT_HTTP_LIMITS } from '#platform/http/server.ts';
import { ID_FORMS } from './ids.ts';
import { DEFAULT_MENU, Menu, menuSchema } from './menu.ts';
import type { PinnedSettings } from './pin.ts';

const pinnedGroup = defineGroup({
  title: 'Orders',
  description: 'What may be ordered and how users are spread. Fixed once orders were counted, save that the menu may grow.',
  variables: {
    KAISEKI_MENU: jsonFile(menuSchema).optional().meta({
      description:
        'A JSON file with the dimensions and their menu types. Without it: cuisine (washoku, yoshoku) and snack (kinoko, takenoko).',
      example: './menu.json',
    }),
    KAISEKI_TIME_ZONE: text()
      .refine(isTimeZone, 'must be an IANA time zone such as Asia/Tokyo or UTC')
      .prefault('Asia/Tokyo')
      .describe('The time zone in which days begin and end.'),
    KAISEKI_SHARDS: wholeNumber(1, 1_000)
      .prefault('12')
      .describe('Partitions of the order log: at most so many counters work at once. Fixed for the life of the data.'),
    KAISEKI_BUCKETS: wholeNumber(1, 100_000)
      .prefault('240')
      .describe('Partitions of the users’ tables, a multiple of KAISEKI_SHARDS. Fixed for the life of the data.'),
    KAISEKI_NORMALIZE_IDS: choice(['none', ...ID_FORMS])
      .prefault('none')
      .describe(
        'Whether user ids and order ids are brought into one Unicode form when they come in and when they are asked for: none, or NFC. Without it, two spellings of a name in Unicode, such as those of keyboards and of files on a Mac, are two users. Orders that something else has written to the log in another form are rejected. Fixed for the life of the data.',
      ),
  },
  check({ KAISEKI_SHARDS: shards, KAISEKI_BUCKETS: buckets }, { report }) {
    if (shards === undefined || buckets === undefined || buckets % shards === 0) return;
    report('KAISEKI_BUCKETS', `is ${buckets} but must be a multiple of KAISEKI_SHARDS (${shards})`);
  },
  build(values): PinnedSettings {
    const layout = { shards: values.KAISEKI_SHARDS, buckets: values.KAISEKI_BUCKETS };
    const menu = new Menu(values.KAISEKI_MENU ?? DEFAULT_MENU);
    const form = values.KAISEKI_NORMALIZE_IDS;
    return { menu, timeZone: values.KAISEKI_TIME_ZONE, layout, ...(form === 'none' ? {} : { normalizeIds: form }) };
  },
});

const ingestGroup = defineGroup({
  title: 'Ingest',
  description: 'How orders are taken in.',
  variables: {
    KAISEKI_QUEUE_ORDERS: wholeNumber(1, 10_000_000)
      .prefault('50000')
      .describe('Orders that may wait for the log at once. Beyond it, ingest answers 503 with Retry-After.'),
  },
  build: (values): IngestSettings => ({ queueOrdersMax: values.KAISEKI_QUEUE_ORDERS }),
});

interface IngestSettings {
  /** Orders that may wait for the log at once. */
  readonly queueOrdersMax: number;
}

/** Beyond the server's connections, nobody is answered at all: neither who watches nor a probe. */
const LIVE_VIEWERS_MAX = DEFAULT_HTTP_LIMITS.connections - 1_000;

const liveGroup = defineGroup({
  title: 'Live',
  description: 'How totals are pushed to open browsers.',
  variables: {
    KAISEKI_LIVE_VIEWERS: wholeNumber(0, LIVE_VIEWERS_MAX)
      .prefault(String(LIVE_VIEWERS_MAX))
      .describe(
        `Browsers that may watch one process at once, over WebSocket and server-sent events together. At most ${LIVE_VIEWERS_MAX}: the rest of its ${DEFAULT_HTTP_LIMITS.connections} connections are for probes and pages.`,
      ),
  },
  build: (values): LiveSettings => ({ viewersMax: values.KAISEKI_LIVE_VIEWERS }),
});

export interface LiveSettings {
  /** Viewers at once, of all transports together. */
  readonly viewersMax: number;
}

/** A counter of its own, beside servers, has memory for larger flushes than one that is a guest on a laptop (decisions 10, 11). */
const KAFKA_FLUSH_ORDERS = 10_000;

type FoldSettings = Omit<FoldLimits, 'flushRecords'> & { readonly flushRecords: number | undefined };

/** The limits of the counter's fold, on Kafka or on the embedded log. */
export function foldLimits(settings: FoldSettings, on: 'kafka' | 'embedded'): FoldLimits {
  const standard = on === 'kafka' ? KAFKA_FLUSH_ORDERS : DEFAULT_FOLD_LIMITS.flushRecords;
  return { ...settings, flushRecords: settings.flushRecords ?? standard };
}

const foldGroup = defineGroup({
  title: 'Counter',
  description: 'How orders become counts. Larger flushes cost less an order; smaller ones show sooner.',
  variables: {
    KAISEKI_FLUSH_ORDERS: wholeNumber(1, 100_000)
      .optional()
      .meta({
        description: `Orders that one flush of a shard writes at the most. Unless set: ${KAFKA_FLUSH_ORDERS} with Kafka, ${DEFAULT_FOLD_LIMITS.flushRecords} with the embedded log.`,
        example: String(DEFAULT_FOLD_LIMITS.flushRecords),
      }),
    KAISEKI_FLUSH_LINGER_MS: wholeNumber(0, 60_000)
      .prefault(String(DEFAULT_FOLD_LIMITS.linger_ms))
      .describe(
        'The time between the starts of two flushes of a shard that are not full, in milliseconds. They start as much earlier as slow ones take, but no more than a quarter of it.',
      ),
    KAISEKI_CACHED_USERS: wholeNumber(0, 10_000_000)
      .prefault(String(DEFAULT_FOLD_LIMITS.cachedPages))
      .describe(
        'Users of each shard that the counter keeps in memory, where KAISEKI_CACHED_PAGES leaves so many to the shard: 1 to 5 kB each, by how many of their last orders are in their row and how long the ids are; 17 kB where 159 orders came one soon after the other.',
      ),
  },
  build: (values): FoldSettings => ({
    ...DEFAULT_FOLD_LIMITS,
    flushRecords: values.KAISEKI_FLUSH_ORDERS,
    linger_ms: values.KAISEKI_FLUSH_LINGER_MS,
    cachedPages: values.KAISEKI_CACHED_USERS,
  }),
});

/** `settings.orders` of the process. */
export const ordersSettings = joinParts(
  { pinned: pinnedGroup, ingest: ingestGroup, fold: foldGroup, live: liveGroup },
  ({ pinned, ...workloads }) => ({ ...pinned, ...workloads }),
);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
