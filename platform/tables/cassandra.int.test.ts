import { afterAll } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { createTables, dropKeyspace, randomKeyspace, testSettings } from './cassandra.testing.ts';
import { openCassandraTables } from './cassandra.ts';
import { migrate } from './migrate.ts';
import { tablesContract } from './tables.contract.ts';

const settings = testSettings(randomKeyspace());

tablesContract('cassandra', async (definitions) => {
  await migrate(settings, 'cql', systemClock);
  await createTables(settings, definitions);
  return openCassandraTables(settings);
});

afterAll(() => dropKeyspace(settings));
