/** From POST to visible: how old what people see is, beside how long the same Kafka takes for a record alone. */
import { once } from 'node:events';
import { Kafka, logLevel } from 'kafkajs';
import { systemClock as clock } from '#platform/clock/clock.ts';
import { Connection, requestBytes } from '../connection.ts';
import { atLeast, type Figure, quantileOf } from '../figures.ts';
import { orderStream, singleRequest } from '../orders.ts';
import { type MeasuredProcess, startWorkloads } from '../program.ts';
import { generationEnvironment, openGenerationLog, openGenerationTables, runCql, type Servers, uniqueName } from './generation.ts';

export interface FreshnessSizes {
  readonly rounds: number;
  readonly probes: number;
  readonly ordersPerSecond: number;
}

/** The background's connections, each waiting for its answer. */
const CONNECTIONS = 64;
const TICK_MS = 10;
/** How often the totals are asked for. */
const LOOK_MS = 5;
const PATIENCE_MS = 60_000;
/** The fold's flush interval, by default. */
const FLUSH_MS = 200;
const RATIO_MAX = 3;
/** Nothing of the background is ordered in this dimension. */
const PROBE_DIMENSION = 'snack';
const PROBE_MENU_TYPE = 'kinoko';

export async function measureFreshness(servers: Servers, sizes: FreshnessSizes): Promise<Figure[]> {
  const keyspace = uniqueName();
  const environment = generationEnvironment(servers, keyspace, keyspace);
  const [seen50, seen99, raw50, raw99, perSecond]: [number[], number[], number[], number[], number[]] = [[], [], [], [], []];
  try {
    await using _log = await openGenerationLog(environment);
    await using _tables = await openGenerationTables(environment);
    await using ingest = await startWorkloads(['ingest'], environment);
    await using counter = await startWorkloads(['counter', 'summary'], environment);
    const probe = await Probe.open(ingest, counter);
    await probe.visible_ms();
    await using background = startBackground(ingest.address, sizes.ordersPerSecond);
    await using raw = await openRaw(servers, keyspace);
    for (let round = 0; round < sizes.rounds; round++) {
      const [seen, alone]: [number[], number[]] = [[], []];
      for (let count = 0; count < sizes.probes; count++) {
        seen.push(await probe.visible_ms());
        alone.push(await raw.consumed_ms());
      }
      seen50.push(quantileOf(seen, 0.5));
      seen99.push(quantileOf(seen, 0.99));
      raw50.push(quantileOf(alone, 0.5));
      raw99.push(quantileOf(alone, 0.99));
    }
    probe.close();
    perSecond.push(background.perSecond());
  } finally {
    await runCql(servers, [`DROP KEYSPACE IF EXISTS ${keyspace}`]);
  }
  const what = `\`POST /api/log\` → visible in \`/api/totals\`, ${sizes.ordersPerSecond} orders/s asked for`;
  const limit = `≤ ${RATIO_MAX} × raw + ${FLUSH_MS}`;
  const within = (raw: readonly number[]) => ({
    text: limit,
    met: (median: number) => median <= RATIO_MAX * quantileOf(raw, 0.5) + FLUSH_MS,
  });
  const rate = atLeast(sizes.ordersPerSecond * 0.95);
  return [
    { what: 'single orders that came in meanwhile', unit: 'orders/s', values: perSecond, goal: rate },
    { what: `${what}, p50`, unit: 'ms', values: seen50, goal: within(raw50) },
    { what: `${what}, p99`, unit: 'ms', values: seen99, goal: within(raw99) },
    { what: 'kafkajs alone, produce → consume, meanwhile, p50', unit: 'ms', values: raw50, digits: 1 },
    { what: 'kafkajs alone, produce → consume, meanwhile, p99', unit: 'ms', values: raw99, digits: 1 },
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
    const totals = requestBytes('GET', `/api/totals?dimension=${PROBE_DIMENSION}`);
    const sent_ms = clock.monotonic_ms();
    for (let status = 0; status !== 202; ) {
      status = (await this.#ingest.request(request)).status;
      if (status !== 202) await clock.sleep(LOOK_MS);
      if (clock.monotonic_ms() - sent_ms > PATIENCE_MS) throw new Error(`ingest answers ${status}`);
    }
    for (;;) {
      const { status, body } = await this.#summary.request(totals);
      if (status === 200 && JSON.parse(body).orders >= this.#sent) return clock.monotonic_ms() - sent_ms;
      if (clock.monotonic_ms() - sent_ms > PATIENCE_MS) throw new Error(`a probe is not visible: ${status} ${body}`);
      await clock.sleep(LOOK_MS);
    }
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
function startBackground(address: string, perSecond: number): Background {
  const stopping = new AbortController();
  const orders = orderStream({ users: 20_000, skew: 0, hot: 0 });
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
