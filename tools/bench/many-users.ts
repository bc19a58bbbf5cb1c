/** `kaiseki all` with many users: its memory while they come and stay, and how fast it lists them. */
import { systemClock as clock } from '#platform/clock/clock.ts';
import type { SampleOrder } from '#workloads/orders/replay/sample-stream.ts';
import { Connection, requestBytes } from './connection.ts';
import { openBenchLog } from './embedded-log.ts';
import { atMost, type Figure, number, quantileOf } from './figures.ts';
import { residentMemory_mb } from './machine.ts';
import { drained } from './order-log.ts';
import { batchRequest, oneOrderEach, orderStream, take } from './orders.ts';
import { type MeasuredProcess, startWorkloads, temporaryDirectory } from './program.ts';

export interface ManyUsersSizes {
  readonly rounds: number;
  readonly users: number;
  /** `GET /api/segments` in one round. */
  readonly reads: number;
}

const BATCH_ORDERS = 5_000;
const PATIENCE_MS = 1_800_000;
/** Refused for a full queue, a batch is sent again after this. */
const REFUSED_WAIT_MS = 100;
const SEGMENTS = '/api/segments?dimension=cuisine';
const READ_P99_MS_GOAL = 20;
const MEMORY_MB_GOAL = 700;

export async function measureManyUsers({ rounds, users, reads }: ManyUsersSizes): Promise<Figure[]> {
  using directory = temporaryDirectory();
  await using log = await openBenchLog(directory.path);
  await using all = await startWorkloads(['all'], { KAISEKI_DATA_DIR: directory.path });
  const figures: Figure[] = [];
  const grow = async (orders: Iterator<SampleOrder>, count: number, state: string, goal?: Figure['goal']) => {
    const started_ms = clock.monotonic_ms();
    await send(all, orders, count);
    await drained(log, PATIENCE_MS);
    const perSecond = (count / (clock.monotonic_ms() - started_ms)) * 1_000;
    const { now, highest } = residentMemory_mb(all.pid);
    const memory = { what: `resident memory of \`kaiseki all\`: ${state}`, unit: 'MB', values: [now] };
    figures.push(
      goal === undefined ? memory : { ...memory, goal },
      { what: `its highest so far: ${state}`, unit: 'MB', values: [highest] },
      { what: `sent in batches and counted: ${state}`, unit: 'orders/s', values: [perSecond] },
    );
  };
  await grow(oneOrderEach(0, users / 2), users / 2, `${number(users / 2)} users`);
  await grow(oneOrderEach(users / 2, users), users / 2, `${number(users)} users`, atMost(MEMORY_MB_GOAL));
  figures.push(...(await measureSegments(all, rounds, reads, users)));
  await grow(orderStream({ users, skew: 0, hot: 0 }), users, `${number(users)} more orders of these`, atMost(MEMORY_MB_GOAL));
  return figures;
}

/** Sends orders in batches, one at a time. */
async function send({ address }: MeasuredProcess, orders: Iterator<SampleOrder>, count: number): Promise<void> {
  const connection = await Connection.open(address);
  for (let sent = 0; sent < count; sent += BATCH_ORDERS) {
    const request = batchRequest(take(orders, Math.min(BATCH_ORDERS, count - sent)));
    for (;;) {
      const { status, body } = await connection.request(request);
      if (status === 202) break;
      if (status !== 503) throw new Error(`a batch was answered with ${status}: ${body}`);
      await clock.sleep(REFUSED_WAIT_MS);
    }
  }
  connection.close();
}

/** One reader; every other request asks for the next page of the one before. */
async function measureSegments({ address }: MeasuredProcess, rounds: number, reads: number, users: number): Promise<Figure[]> {
  const connection = await Connection.open(address);
  const [p50, p99]: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const latencies_ms: number[] = [];
    let cursor: string | undefined;
    for (let read = 0; read < reads; read++) {
      const path = cursor === undefined ? SEGMENTS : `${SEGMENTS}&cursor=${encodeURIComponent(cursor)}`;
      const asked_ms = clock.monotonic_ms();
      const { status, body } = await connection.request(requestBytes('GET', path));
      latencies_ms.push(clock.monotonic_ms() - asked_ms);
      if (status !== 200) throw new Error(`${path} was answered with ${status}: ${body}`);
      cursor = cursor === undefined ? JSON.parse(body).next_cursor : undefined;
    }
    p50?.push(quantileOf(latencies_ms, 0.5));
    p99?.push(quantileOf(latencies_ms, 0.99));
  }
  connection.close();
  const what = `\`GET /api/segments\`, ${number(users)} users`;
  return [
    { what: `${what}, p50`, unit: 'ms', values: p50 ?? [], digits: 2 },
    { what: `${what}, p99`, unit: 'ms', values: p99 ?? [], digits: 2, goal: atMost(READ_P99_MS_GOAL) },
  ];
}
