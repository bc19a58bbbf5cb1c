/** The fold: a filled log into committed tables, by `kaiseki counter` as a process of its own. */
import { cpSync } from 'node:fs';
import { systemClock as clock } from '#platform/clock/clock.ts';
import { openBenchLog } from './embedded-log.ts';
import { atLeast, type Figure, number } from './figures.ts';
import { cpuUsage } from './machine.ts';
import { drained, fill } from './order-log.ts';
import { orderStream } from './orders.ts';
import { startWorkloads, temporaryDirectory } from './program.ts';

export interface FoldSizes {
  readonly rounds: number;
  readonly orders: number;
  readonly users: number;
}

const PATIENCE_MS = 600_000;
const GOAL = 40_000;

/** Every round counts a copy of the same log from empty tables, claims included; users order evenly. */
export async function measureFold({ rounds, orders, users }: FoldSizes): Promise<Figure[]> {
  using filled = temporaryDirectory();
  {
    await using log = await openBenchLog(filled.path);
    await fill(log, orderStream({ users, skew: 0, hot: 0 }), orders);
  }
  const [perSecond, cpu]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    using directory = temporaryDirectory();
    cpSync(filled.path, directory.path, { recursive: true });
    await using log = await openBenchLog(directory.path);
    await using counter = await startWorkloads(['counter'], { KAISEKI_DATA_DIR: directory.path });
    const usage = cpuUsage([counter.pid]);
    const started_ms = clock.monotonic_ms();
    await drained(log, PATIENCE_MS);
    perSecond.push((orders / (clock.monotonic_ms() - started_ms)) * 1_000);
    cpu.push(usage.spent_us() / orders);
  }
  const what = `\`kaiseki counter\`, ${number(orders)} orders of ${number(users)} users, log to tables`;
  return [
    { what, unit: 'orders/s', values: perSecond, goal: atLeast(GOAL) },
    { what: `${what}: CPU of the process`, unit: 'µs/order', values: cpu, digits: 1 },
  ];
}
