/** One shard and its owner on ports in memory that answer at once; a test may change any of them. */
import type { Clock } from '#platform/clock/clock.ts';
import { type Log, type LogRecord, NO_HEADERS, type OwnedPartition } from '#platform/log/log.ts';
import type { Columns, Key, Page, PageRequest, Row, TableDefinition, Tables } from '#platform/tables/tables.ts';
import { FoldBudget } from './budget.ts';
import { ownShard } from './fold.ts';
import { DEFAULT_FOLD_LIMITS, type FoldLimits } from './limits.ts';
import type { FlushReport, FoldAlarm, FoldObserver } from './outcome.ts';
import { decodePublishedTotals, type PublishedTotals } from './published-totals.ts';
import { MemoryTables } from './simulator/memory-tables.ts';
import type { MenuSize } from './simulator/pipeline.ts';
import { type SmallOrder, smallFold } from './simulator/small/orders-fold.ts';

export const SHARD = { fold: 'small', shard: 0 };

/** The record of an order of user `0a`, unless told otherwise. */
export function recordOf(offset: number, order: Partial<SmallOrder> = {}): LogRecord {
  const value = JSON.stringify({ user: '0a', ts: 0, menu: 'w', id: `x${offset}`, ...order });
  return { partition: 0, offset, key: null, value: Buffer.from(value), timestamp_ms: 0, headers: NO_HEADERS };
}

type SmallFold = ReturnType<typeof smallFold>;

export interface Stand {
  /** What stands in the tables. */
  readonly memory: MemoryTables;
  readonly tables: { -readonly [Name in keyof Tables]: Tables[Name] };
  readonly partition: { -readonly [Name in keyof OwnedPartition]: OwnedPartition[Name] };
  readonly log: { append: Log['append']; nameOf: Log['nameOf'] };
  /** What the log holds. */
  records: readonly LogRecord[];
  groupOffset: number | undefined;
  limits: FoldLimits;
  budget: FoldBudget;
  menu: MenuSize;
  /** What stands in place of the fold's own rules. */
  readonly rules: { -readonly [Name in keyof SmallFold]?: SmallFold[Name] };
  /** Every topic's records, in the order of the appends. */
  readonly appended: { topic: string; value: string }[];
  readonly published: () => PublishedTotals[];
  readonly slept_ms: number[];
  /** The clock, which stands still unless it is moved. */
  now_ms: number;
  /** What the observer was told. */
  readonly flushes: FlushReport[];
  readonly abandons: unknown[];
  readonly alarms: FoldAlarm[];
  /** Takes the shard away. */
  stop(): void;
  /** Runs an owner until the shard is taken away; resolves early with nothing, `stop` ends it. */
  own(): Promise<void>;
  /** Runs an owner until it has read all records and written what follows, or alarmed, then takes the shard away. */
  run(): Promise<void>;
}

export function createStand(): Stand {
  const memory = new MemoryTables();
  const appended: Stand['appended'] = [];
  let stopping = new AbortController();
  let idle: () => void = () => undefined;
  let position: number | undefined;
  const stand: Stand = {
    memory,
    tables: tablesOn(memory),
    records: [],
    groupOffset: undefined,
    limits: { ...DEFAULT_FOLD_LIMITS, attempts: 3 },
    budget: new FoldBudget({ recordsInFlushes: DEFAULT_FOLD_LIMITS.flushRecords, cachedPages: 2_500, claimsAtOnce: 1 }),
    menu: 'larger',
    rules: {},
    appended,
    published: () =>
      appended.filter(({ topic }) => topic === 'totals').flatMap(({ value }) => decodePublishedTotals(Buffer.from(value)) ?? []),
    log: {
      nameOf: (name) => `green-${name}`,
      append: async (topic, records) => {
        appended.push(...records.map(({ value }) => ({ topic, value: String(value) })));
      },
    },
    partition: {
      topic: 'orders',
      partition: 0,
      signal: stopping.signal,
      groupOffset: async () => stand.groupOffset,
      bounds: async () => ({ earliest: stand.records[0]?.offset ?? 0, end: (stand.records.at(-1)?.offset ?? -1) + 1 }),
      seek: (offset) => {
        position = offset;
      },
      read: async ({ limit }) => {
        const from = position ?? Number.POSITIVE_INFINITY;
        const records = stand.records.filter(({ offset }) => offset >= from).slice(0, limit);
        if (records.length === 0) {
          idle();
          await aborted(stopping.signal);
        }
        position = (records.at(-1)?.offset ?? from - 1) + 1;
        return records;
      },
      commit: async (offset) => {
        stand.groupOffset = offset;
      },
    },
    slept_ms: [],
    now_ms: 0,
    flushes: [],
    abandons: [],
    alarms: [],
    stop: () => stopping.abort(),
    own() {
      stopping = new AbortController();
      stand.partition.signal = stopping.signal;
      position = undefined;
      const { tables, log, limits, partition, budget } = stand;
      return ownShard(
        { definition: { ...smallFold(stand.menu), ...stand.rules }, tables, log, limits, budget, clock, observer },
        partition,
      );
    },
    async run() {
      const done = new Promise<void>((resolve) => {
        idle = resolve;
      });
      const owning = stand.own();
      await done;
      stand.stop();
      await owning;
    },
  };
  const observer: FoldObserver = {
    claimed: () => undefined,
    flushed: (report) => stand.flushes.push(report),
    abandoned: (_, error) => stand.abandons.push(error),
    alarmed(_, alarm) {
      stand.alarms.push(alarm);
      idle();
    },
    released: () => undefined,
    delay: () => {
      throw new Error('this fold has no delays');
    },
  };
  const clock: Clock = {
    now_ms: () => 0,
    monotonic_ms: () => stand.now_ms,
    async sleep(duration_ms) {
      stand.slept_ms.push(duration_ms);
    },
  };
  return stand;
}

function tablesOn(memory: MemoryTables): Stand['tables'] {
  return {
    get: async <C extends Columns, P extends keyof C & string, K extends keyof C & string>(
      table: TableDefinition<C, P, K>,
      keys: readonly Key<TableDefinition<C, P, K>>[],
    ) => keys.map((key) => memory.read(table as TableDefinition, key) as Row<TableDefinition<C, P, K>> | undefined),
    async write(mutations) {
      for (const mutation of mutations) memory.apply(mutation);
    },
    readShard: async (shard, periods) => memory.readShard(shard, periods),
    claimShard: async (shard, claim) => memory.claim(shard, claim),
    commitShard: async (shard, commit) => memory.commit(shard, commit),
    page: async <C extends Columns, P extends keyof C & string, K extends keyof C & string>(
      table: TableDefinition<C, P, K>,
      request: PageRequest<TableDefinition<C, P, K>>,
    ) => memory.page(table as TableDefinition, request as PageRequest<TableDefinition>) as Page<TableDefinition<C, P, K>>,
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
