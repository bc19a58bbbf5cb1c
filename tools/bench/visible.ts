/** How fresh the live totals are, whoever shows them. */
import { systemClock as clock } from '#platform/clock/clock.ts';
import { type Connection, requestBytes } from './connection.ts';

/** How often the totals are asked for. */
const LOOK_MS = 5;
const PATIENCE_MS = 60_000;

/** Resolves as soon as `GET /api/totals` holds so many orders of a dimension. @throws Error when it does not within a minute */
export async function untilVisible(connection: Connection, dimension: string, orders: number): Promise<void> {
  const request = requestBytes('GET', `/api/totals?dimension=${dimension}`);
  for (const deadline_ms = clock.monotonic_ms() + PATIENCE_MS; clock.monotonic_ms() < deadline_ms; ) {
    const { status, body } = await connection.request(request);
    if (status === 200 && JSON.parse(body).orders >= orders) return;
    await clock.sleep(LOOK_MS);
  }
  throw new Error(`the totals of ${dimension} never held ${orders} orders`);
}
