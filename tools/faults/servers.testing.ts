/** Vitest's global setup of the fault tests: three Kafka and three Cassandra nodes, started once for all files, gone afterwards. */
import type { TestProject } from 'vitest/node';
import { type LocalServer, type LocalServerPlace, startLocalServer } from '../servers/local-servers.ts';
import { writeReport } from './report.testing.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly kafka: LocalServerPlace;
    readonly cassandra: LocalServerPlace;
  }
}

/**
 * Cassandra acknowledges a write once its commit log is synced. As it comes (`periodic`), a node forgets what it acknowledged
 * up to 100 ms before a kill -9, and a quorum's writes are gone where every node is killed at once.
 */
const SETTINGS = { kafka: {}, cassandra: { COMMITLOG_SYNC: 'group' } } as const;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const servers: LocalServer[] = [];
  const removeAll = async () => {
    await Promise.all(servers.map((server) => server.remove()));
  };
  try {
    for (const product of ['kafka', 'cassandra'] as const) {
      const { endpoints, nodes, port, runFolder, settings } = await keep(startLocalServer(product, 3, SETTINGS[product]));
      project.provide(product, { product, endpoints, nodes, port, runFolder, settings });
    }
  } catch (error) {
    await removeAll();
    throw error;
  }
  return async () => {
    await removeAll();
    writeReport();
  };

  async function keep(starting: Promise<LocalServer>): Promise<LocalServer> {
    const server = await starting;
    servers.push(server);
    return server;
  }
}
