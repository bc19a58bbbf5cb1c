/** The order log, filled without ingest, and how far the counter has come in it. */
import { systemClock as clock } from '#platform/clock/clock.ts';
import type { Log } from '#platform/log/log.ts';
import { COUNTER_GROUP } from '#workloads/orders/orders-fold.ts';
import type { SampleOrder } from '#workloads/orders/replay/sample-stream.ts';
import { ORDER_LOGS } from '#workloads/orders/topics.ts';
import { recordOf, take } from './orders.ts';

const APPEND_ORDERS = 5_000;
/** Seldom enough that the looking costs the servers nothing to speak of. */
const LOOK_MS = 200;

/** Appends `count` orders. */
export async function fill(log: Log, orders: Iterator<SampleOrder>, count: number): Promise<void> {
  for (let left = count; left > 0; left -= APPEND_ORDERS) {
    const some = take(orders, Math.min(left, APPEND_ORDERS));
    await log.append(
      ORDER_LOGS,
      some.map((order) => recordOf(order, clock.now_ms())),
    );
  }
}

/** Waits until the counter has taken everything. @throws Error when that takes longer than `patience_ms` */
export async function drained(log: Log, patience_ms: number): Promise<void> {
  const deadline_ms = clock.monotonic_ms() + patience_ms;
  for (;;) {
    const lag = await log.lag(ORDER_LOGS, COUNTER_GROUP);
    const left = lag.reduce((sum, { records }) => sum + records, 0);
    if (left === 0) return;
    if (clock.monotonic_ms() > deadline_ms) throw new Error(`the counter is still ${left} orders behind after ${patience_ms} ms`);
    await clock.sleep(LOOK_MS);
  }
}
