/** What the commands say of a data directory that no order ever came to. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NoSuchTopic } from '#platform/log/log.ts';
import type { Settings } from '../settings.ts';

/** The demo's own data directory, apart from real orders. */
export function demoDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'demo');
}

/** Does what needs the order log. @throws Error saying that there are no orders where the embedded log has no topic yet */
export async function withOrders<T>({ kafka, dataDirectory }: Settings, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (kafka || !(error instanceof NoSuchTopic)) throw error;
    const demo = demoDirectory(dataDirectory);
    const hint = existsSync(demo) ? `; the demo’s are in ${demo}: set KAISEKI_DATA_DIR=${demo}` : '';
    throw new Error(`there are no orders in ${dataDirectory} yet${hint}`, { cause: error });
  }
}
