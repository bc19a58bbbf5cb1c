/**
 * From fold to fold: how long after a record was appended what a fold makes of it can be read in the next topic, and how many
 * orders a second two folds that answer each other bring to their end. The folds are those of platform/fold/pipeline, in the
 * benchmark's own process.
 */
import { systemClock as clock } from '#platform/clock/clock.ts';
import { EDGES, edgeCounts } from '#platform/fold/edges.ts';
import { STOCK_COMMANDS, TRADE_COMMANDS } from '#platform/fold/pipeline/names.testing.ts';
import { PIPELINE_LIMITS, type PipelineShape, runPipeline } from '#platform/fold/pipeline/pipeline.testing.ts';
import { PipelineWatch } from '#platform/fold/pipeline/watch.testing.ts';
import type { Log, LogRecord, NewRecord } from '#platform/log/log.ts';
import type { Tables } from '#platform/tables/tables.ts';
import { atMost, type Figure, number, quantileOf } from './figures.ts';
import { cpuUsage } from './machine.ts';

export interface HopSizes {
  readonly warmUp_ms: number;
  readonly rounds: number;
  readonly round_ms: number;
  /** Orders that wait in the log when the folds begin. */
  readonly orders: number;
}

/** An empty pipeline, gone afterwards. */
export interface HopPlace extends AsyncDisposable {
  readonly log: Log;
  readonly tables: Tables;
}

export interface HopServers {
  readonly open: (shape: PipelineShape) => Promise<HopPlace>;
  /** What half of the hops take at the most, in milliseconds. */
  readonly goal_ms: number;
  /** Processes beside the benchmark's own, by what they are. */
  readonly pids: Readonly<Record<string, readonly number[]>>;
}

const RECORDS_PER_SECOND = 100;
const LINGERS_MS = [10, 0] as const;
const PRODUCTS = 1_000;
const LINES = 2;
const APPEND_ORDERS = 2_000;
const PATIENCE_MS = 600_000;
const LOOK_MS = 100;
/** Every order is confirmed: nothing runs out, and no deadline passes. */
const SHAPE: PipelineShape = { tradeShards: 4, stockShards: 4, deadline_ms: 3_600_000, initialUnits: 1_000_000 };

/** The throughput comes first: it warms up servers that compile as they run, which would make the first hops slow. */
export async function measureHops(servers: HopServers, sizes: HopSizes): Promise<Figure[]> {
  const throughput = await measureThroughput(servers, sizes);
  const latencies: Figure[] = [];
  for (const linger_ms of LINGERS_MS) latencies.push(...(await measureLatency(servers, sizes, linger_ms)));
  return [...latencies, ...throughput];
}

/** When each order was sent, and when its records could be read. */
interface Times {
  readonly sent: Map<string, number>;
  readonly acknowledged: Map<string, number>;
  readonly reserve: Map<string, number>;
  readonly reply: Map<string, number>;
}

async function measureLatency({ open, goal_ms }: HopServers, sizes: HopSizes, linger_ms: number): Promise<Figure[]> {
  await using place = await open(SHAPE);
  const { log } = place;
  const times: Times = { sent: new Map(), acknowledged: new Map(), reserve: new Map(), reply: new Map() };
  const running = await run(place, linger_ms);
  const tails = [await log.tail(STOCK_COMMANDS, note(times.reserve)), await log.tail(TRADE_COMMANDS, note(times.reply))];
  await sendOrders(log, times, 'warm-up', sizes.warmUp_ms);
  const rounds: Record<'append' | 'hop' | 'both', number[]>[] = [];
  for (let round = 0; round < sizes.rounds; round++) {
    const orders = await sendOrders(log, times, `round-${round}`, sizes.round_ms);
    const since = (until: Map<string, number>) => orders.map((order) => (until.get(order) as number) - (times.sent.get(order) as number));
    rounds.push({ append: since(times.acknowledged), hop: since(times.reserve), both: since(times.reply) });
  }
  await Promise.all([running, ...tails].map((one) => one.stop()));
  const figure = (what: string, of: 'append' | 'hop' | 'both', quantile: number, goal?: Figure['goal']): Figure => ({
    what: `${what}, ${RECORDS_PER_SECOND} records/s, linger ${linger_ms} ms, p${quantile * 100}`,
    unit: 'ms',
    digits: 1,
    values: rounds.map((round) => quantileOf(round[of], quantile)),
    ...(goal && { goal }),
  });
  return [
    figure('append, acknowledged', 'append', 0.5),
    figure('append → emission readable in the next topic', 'hop', 0.5, atMost(goal_ms)),
    figure('append → emission readable in the next topic', 'hop', 0.99),
    figure('append → answer of the other fold readable', 'both', 0.5),
    figure('append → answer of the other fold readable', 'both', 0.99),
  ];
}

function run(place: HopPlace, linger_ms: number) {
  const { log, tables } = place;
  const observer = new PipelineWatch((line) => {
    if (line.startsWith('ALARM')) throw new Error(line);
  });
  return runPipeline({ log, tables, clock, shape: SHAPE, observer, limits: { ...PIPELINE_LIMITS, linger_ms } });
}

/** Notes when the first record about an order could be read. */
function note(times: Map<string, number>) {
  return (records: readonly LogRecord[]) => {
    const now_ms = clock.monotonic_ms();
    for (const { key, value } of records) {
      const { kind, order = String(key) }: { kind: string; order?: string } = JSON.parse(String(value));
      if ((kind === 'reserve' || kind === 'reply') && !times.has(order)) times.set(order, now_ms);
    }
  };
}

/** Sends single orders, each of one line, at a steady rate; resolves with their names when all have been answered. */
async function sendOrders(log: Log, times: Times, name: string, duration_ms: number): Promise<string[]> {
  const count = Math.ceil((duration_ms / 1_000) * RECORDS_PER_SECOND);
  const orders = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const started_ms = clock.monotonic_ms();
  const appends: Promise<void>[] = [];
  for (const [index, order] of orders.entries()) {
    const wait_ms = started_ms + (index * 1_000) / RECORDS_PER_SECOND - clock.monotonic_ms();
    if (wait_ms > 0) await clock.sleep(wait_ms);
    times.sent.set(order, clock.monotonic_ms());
    appends.push(
      log.append(TRADE_COMMANDS, [startOf(order, index, 1)]).then(() => {
        times.acknowledged.set(order, clock.monotonic_ms());
      }),
    );
  }
  await Promise.all(appends);
  const deadline_ms = clock.monotonic_ms() + PATIENCE_MS;
  while (!orders.every((order) => times.reserve.has(order) && times.reply.has(order))) {
    if (clock.monotonic_ms() > deadline_ms) throw new Error(`orders of ${name} were never answered`);
    await clock.sleep(LOOK_MS);
  }
  return orders;
}

function startOf(order: string, index: number, lines: number): NewRecord {
  const products = Array.from({ length: lines }, (_, line) => `product-${(index * 7 + line * 13) % PRODUCTS}`);
  const start = { kind: 'start', day: 'day-0', lines: products.map((product) => ({ product, quantity: 1 })) };
  return { key: order, value: JSON.stringify(start), timestamp_ms: clock.now_ms() };
}

/** Orders that wait in the log, from the first claim until each has its outcome. */
async function measureThroughput(servers: HopServers, { rounds, orders }: HopSizes): Promise<Figure[]> {
  const perSecond: number[] = [];
  const cpu = new Map<string, number[]>(['this process', ...Object.keys(servers.pids)].map((name) => [name, []]));
  const recordsPerOrder = 1 + 2 * LINES;
  for (let round = 0; round < rounds; round++) {
    await using place = await servers.open(SHAPE);
    await fill(place.log, orders);
    const usages = Object.entries({ 'this process': [process.pid], ...servers.pids }).map(
      ([name, pids]) => [name, cpuUsage(pids)] as const,
    );
    const started_ms = clock.monotonic_ms();
    const running = await run(place, PIPELINE_LIMITS.linger_ms);
    await untilAnswered(place, orders * LINES);
    perSecond.push((orders / (clock.monotonic_ms() - started_ms)) * 1_000);
    for (const [name, usage] of usages) cpu.get(name)?.push(usage.spent_us() / (orders * recordsPerOrder));
    await running.stop();
  }
  return [
    {
      what: `two folds, ${number(orders)} waiting orders of ${LINES} lines, until each has its outcome`,
      unit: 'orders/s',
      values: perSecond,
    },
    ...[...cpu].map(([name, values]) => ({ what: `the same: CPU of ${name}`, unit: 'µs/record and hop', values, digits: 1 })),
  ];
}

async function fill(log: Log, orders: number): Promise<void> {
  for (let first = 0; first < orders; first += APPEND_ORDERS) {
    const count = Math.min(APPEND_ORDERS, orders - first);
    const some = Array.from({ length: count }, (_, index) => startOf(`order-${first + index}`, first + index, LINES));
    await log.append(TRADE_COMMANDS, some);
  }
}

/** @throws Error when the answers do not come, or more than were asked for */
async function untilAnswered(place: HopPlace, answers: number): Promise<void> {
  const deadline_ms = clock.monotonic_ms() + PATIENCE_MS;
  for (;;) {
    // As little as can be: what is measured writes these rows.
    const shards = Array.from({ length: SHAPE.tradeShards }, (_, shard) =>
      place.tables.readShard({ fold: 'trade', shard }, [EDGES], 'quorum'),
    );
    const edges = (await Promise.all(shards)).flatMap(({ totals }) => edgeCounts(totals));
    const heard = edges.reduce((sum, { kind, other, records }) => sum + (kind === 'heard' && other === 'stock' ? records : 0), 0);
    if (heard === answers) return;
    if (heard > answers || clock.monotonic_ms() > deadline_ms) throw new Error(`${heard} answers of ${answers} were heard`);
    await clock.sleep(LOOK_MS);
  }
}
