/** From POST to visible: how old what people see is, beside how long the same Kafka takes for a record alone. */
import { once } from 'node:events';
import { Kafka, logLevel } from 'kafkajs';
import { systemClock as clock } from '#platform/clock/clock.ts';
import type { SampleOrder } from '#workloads/orders/replay/sample-stream.ts';
import { Connection } from '../connection.ts';
import { atLeast, type Figure, quantileOf } from '../figures.ts';
import { orderStream, singleRequest } from '../orders.ts';
import { type MeasuredProcess, startWorkloads } from '../program.ts';
import { untilVisible } from '../visible.ts';
import { generationEnvironment, openGenerationLog, openGenerationTables, runCql, type Servers, uniqueName } from './generation.ts';

export interface FreshnessSizes {
  /** How long orders come in before the first round: what starts cold is slow, and seldom. */
  readonly warmUp_ms: number;
  readonly rounds: number;
  readonly probes: number;
  readonly ordersPerSecond: number;
}

/** The background's connections, each waiting for its answer. */
const CONNECTIONS = 64;
const TICK_MS = 10;
/** Before an order that was refused is sent again. */
const AGAIN_MS = 5;
const PATIENCE_MS = 60_000;
/** The fold's flush interval, by default. */
const FLUSH_MS = 200;
const RATIO_MAX = 3;
/** Nothing of the background is ordered in this dimension. */
const PROBE_DIMENSION = 'snack';
const PROBE_MENU_TYPE = 'kinoko';

const USERS = 20_000;
/** The share of one user in the hot background's orders: whether it matters to the users of the probes, who are others. */
const HOT_SHARE = 0.5;
const HOT_RATIO_MAX = 1.5;

/** One value a round. */
interface Seen {
  readonly perSecond: number[];
  readonly seen50_ms: number[];
  readonly seen99_ms: number[];
  readonly raw50_ms: number[];
  readonly raw99_ms: number[];
}

/** In turns: with users in the background who order evenly, and with one who makes half of all orders. */
export async function measureFreshness(servers: Servers, sizes: FreshnessSizes): Promise<Figure[]> {
  const keyspace = uniqueName();
  const environment = generationEnvironment(servers, keyspace, keyspace);
  // Each goes on from round to round: the same orders again would be duplicates, of which nothing is written.
  const orders = {
    evenly: orderStream({ users: USERS, skew: 0, hot: 0 }, 1),
    hot: orderStream({ users: USERS, skew: 0, hot: HOT_SHARE }, 2),
  };
  const [evenly, hot] = [newSeen(), newSeen()];
  try {
    await using _log = await openGenerationLog(environment);
    await using _tables = await openGenerationTables(environment);
    await using ingest = await startWorkloads(['ingest'], environment);
    await using counter = await startWorkloads(['counter', 'summary'], environment);
    await warmUp(ingest, orders.evenly, sizes);
    const probe = await Probe.open(ingest, counter);
    await using raw = await openRaw(servers, keyspace);
    for (let round = 0; round < sizes.rounds; round++) {
      await seeRound(evenly, { probe, raw, ingest, sizes, orders: orders.evenly });
      await seeRound(hot, { probe, raw, ingest, sizes, orders: orders.hot });
    }
    probe.close();
  } finally {
    await runCql(servers, [`DROP KEYSPACE IF EXISTS ${keyspace}`]);
  }
  return figures(evenly, hot, sizes.ordersPerSecond);
}

function newSeen(): Seen {
  return { perSecond: [], seen50_ms: [], seen99_ms: [], raw50_ms: [], raw99_ms: [] };
}

interface Round {
  readonly probe: Probe;
  readonly raw: Raw;
  readonly ingest: MeasuredProcess;
  readonly sizes: FreshnessSizes;
  /** The background's. */
  readonly orders: Orders;
}

type Orders = Iterator<SampleOrder, never>;

async function warmUp(ingest: MeasuredProcess, orders: Orders, { ordersPerSecond, warmUp_ms }: FreshnessSizes): Promise<void> {
  await using background = startBackground(ingest.address, ordersPerSecond, orders);
  await clock.sleep(warmUp_ms);
  background.perSecond();
}

async function seeRound(seen: Seen, { probe, raw, ingest, sizes, orders }: Round): Promise<void> {
  await using background = startBackground(ingest.address, sizes.ordersPerSecond, orders);
  await probe.visible_ms();
  const [visible_ms, alone_ms]: [number[], number[]] = [[], []];
  for (let count = 0; count < sizes.probes; count++) {
    visible_ms.push(await probe.visible_ms());
    alone_ms.push(await raw.consumed_ms());
  }
  seen.perSecond.push(background.perSecond());
  seen.seen50_ms.push(quantileOf(visible_ms, 0.5));
  seen.seen99_ms.push(quantileOf(visible_ms, 0.99));
  seen.raw50_ms.push(quantileOf(alone_ms, 0.5));
  seen.raw99_ms.push(quantileOf(alone_ms, 0.99));
}

function figures(evenly: Seen, hot: Seen, ordersPerSecond: number): Figure[] {
  const what = `\`POST /api/log\` → visible in \`/api/totals\`, ${ordersPerSecond} orders/s asked for`;
  const within = (raw_ms: readonly number[]) => ({
    text: `≤ ${RATIO_MAX} × raw + ${FLUSH_MS}`,
    met: (median: number) => median <= RATIO_MAX * quantileOf(raw_ms, 0.5) + FLUSH_MS,
  });
  const ratios = hot.seen99_ms.map((p99_ms, round) => p99_ms / (evenly.seen99_ms[round] ?? Number.NaN));
  return [
    {
      what: 'single orders that came in meanwhile',
      unit: 'orders/s',
      values: [...evenly.perSecond, ...hot.perSecond],
      goal: atLeast(ordersPerSecond * 0.95),
    },
    { what: `${what}, p50`, unit: 'ms', values: evenly.seen50_ms, goal: within(evenly.raw50_ms) },
    { what: `${what}, p99`, unit: 'ms', values: evenly.seen99_ms, goal: within(evenly.raw99_ms) },
    { what: 'kafkajs alone, produce → consume, meanwhile, p50', unit: 'ms', values: evenly.raw50_ms, digits: 1 },
    { what: 'kafkajs alone, produce → consume, meanwhile, p99', unit: 'ms', values: evenly.raw99_ms, digits: 1 },
    { what: `${what}, half of them of one user; the others’ p50`, unit: 'ms', values: hot.seen50_ms },
    { what: `${what}, half of them of one user; the others’ p99`, unit: 'ms', values: hot.seen99_ms },
    {
      what: 'the others’ p99, hot ÷ evenly',
      unit: '×',
      values: ratios,
      digits: 2,
      goal: { text: `≤ ${HOT_RATIO_MAX}`, met: (median) => median <= HOT_RATIO_MAX },
    },
  ];
}

/** One order at a time, and the totals asked again and again until they hold it. */
class Probe {
  readonly #ingest: Connection;
  readonly #summary: Connection;
  #sent = 0;

  private constructor(ingest: Connection, summary: Connection) {
    this.#ingest = ingest;
    this.#summary = summary;
  }

  static async open(ingest: MeasuredProcess, summary: MeasuredProcess): Promise<Probe> {
    return new Probe(await Connection.open(ingest.address), await Connection.open(summary.address));
  }

  async visible_ms(): Promise<number> {
    const timestamp = new Date(clock.now_ms()).toISOString();
    const order = { order_id: `probe-${this.#sent}`, user_id: `probe-${this.#sent}`, timestamp, menu_type: PROBE_MENU_TYPE };
    this.#sent++;
    const request = singleRequest(order);
    const sent_ms = clock.monotonic_ms();
    for (let status = 0; status !== 202; ) {
      status = (await this.#ingest.request(request)).status;
      if (status !== 202) await clock.sleep(AGAIN_MS);
      if (clock.monotonic_ms() - sent_ms > PATIENCE_MS) throw new Error(`ingest answers ${status}`);
    }
    await untilVisible(this.#summary, PROBE_DIMENSION, this.#sent);
    return clock.monotonic_ms() - sent_ms;
  }

  close(): void {
    this.#ingest.close();
    this.#summary.close();
  }
}

interface Background extends AsyncDisposable {
  /** Orders accepted in a second so far. @throws Error when one was refused */
  perSecond(): number;
}

/** Single orders at a steady rate. */
function startBackground(address: string, perSecond: number, orders: Orders): Background {
  const stopping = new AbortController();
  const started_ms = clock.monotonic_ms();
  const due = () => ((clock.monotonic_ms() - started_ms) / 1_000) * perSecond;
  let sent = 0;
  let accepted = 0;
  let failed: unknown;
  async function send(): Promise<void> {
    const connection = await Connection.open(address);
    while (!stopping.signal.aborted) {
      if (sent >= due()) {
        await clock.sleep(TICK_MS, stopping.signal);
        continue;
      }
      sent++;
      const { status, body } = await connection.request(singleRequest(orders.next().value));
      if (status === 202) accepted++;
      else failed ??= new Error(`ingest answered ${status}: ${body}`);
    }
    connection.close();
  }
  const work = Promise.all(Array.from({ length: CONNECTIONS }, send)).catch((error: unknown) => {
    failed ??= error;
  });
  return {
    perSecond() {
      if (failed !== undefined) throw failed;
      return (accepted / (clock.monotonic_ms() - started_ms)) * 1_000;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await work;
    },
  };
}

interface Raw extends AsyncDisposable {
  /** From the produce call to the consumer's handler. */
  consumed_ms(): Promise<number>;
}

async function openRaw({ brokers }: Servers, topic: string): Promise<Raw> {
  const kafka = new Kafka({ brokers: [...brokers], clientId: 'raw', logLevel: logLevel.ERROR });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: `${topic}-raw`, numPartitions: 1 }] });
  await admin.disconnect();
  const arrivals = new EventTarget();
  const consumer = kafka.consumer({ groupId: `${topic}-raw` });
  await consumer.connect();
  await consumer.subscribe({ topic: `${topic}-raw`, fromBeginning: true });
  await consumer.run({ eachMessage: async () => void arrivals.dispatchEvent(new Event('record')) });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  return {
    async consumed_ms() {
      const sent_ms = clock.monotonic_ms();
      const arrived = once(arrivals, 'record', { signal: AbortSignal.timeout(PATIENCE_MS) });
      await producer.send({ topic: `${topic}-raw`, acks: -1, messages: [{ key: 'probe', value: 'probe' }] });
      await arrived;
      return clock.monotonic_ms() - sent_ms;
    },
    async [Symbol.asyncDispose]() {
      await producer.disconnect();
      await consumer.disconnect();
    },
  };
}
