/** Nodes of Kafka and Cassandra that die, and come back on their data. */
import { systemClock } from '#platform/clock/clock.ts';
import type { LocalServer } from '../servers/local-servers.ts';

/** How long killed nodes are away. */
const AWAY_MS = 8_000;

/** A server, and those of its nodes (1 to 3) that are killed. */
export type Struck = readonly [server: LocalServer, nodes: readonly number[]];

/**
 * kill -9 of nodes, all within one turn of the event loop. They come back after a while, each server by itself.
 * @throws Error when one does not come back, once every start has ended
 */
export async function killNodes(...struck: readonly Struck[]): Promise<void> {
  for (const [server, nodes] of struck) for (const node of nodes) server.signal(node, 'SIGKILL');
  await systemClock.sleep(AWAY_MS);
  const starts = await Promise.allSettled(struck.map(([server]) => server.restart()));
  for (const start of starts) if (start.status === 'rejected') throw start.reason;
}
