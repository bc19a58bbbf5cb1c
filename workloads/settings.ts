/** Every setting of the program, from environment variables: gathered here from the platform and the systems, and read once. */
import { resolve } from 'node:path';
import { cassandraGroup } from '#platform/config/cassandra.ts';
import { defineGroup, type Environment, joinParts, readEnvironment } from '#platform/config/environment.ts';
import { foldsGroup } from '#platform/config/folds.ts';
import { httpGroup } from '#platform/config/http.ts';
import { kafkaGroup } from '#platform/config/kafka.ts';
import { choice, text } from '#platform/config/variables.ts';
import { ordersSettings } from './orders/settings.ts';

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const processGroup = defineGroup({
  title: 'Process',
  description: 'What concerns the process as a whole.',
  variables: {
    KAISEKI_DATA_DIR: text().prefault('./data').describe('Where the embedded log and tables keep their files.'),
    KAISEKI_LOG_LEVEL: choice(LOG_LEVELS)
      .prefault('info')
      .describe(`What to log at the least: ${LOG_LEVELS.join(', ')}.`),
  },
  build: (values) => ({ dataDirectory: values.KAISEKI_DATA_DIR, logLevel: values.KAISEKI_LOG_LEVEL }),
});

/** The platform's settings, and those that each system declares in its folder: a new system is a line here. */
const settings = joinParts(
  {
    process: processGroup,
    http: httpGroup,
    folds: foldsGroup,
    orders: ordersSettings,
    kafka: kafkaGroup,
    cassandra: cassandraGroup,
  },
  ({ process, ...others }) => ({ ...process, ...others }),
);

/** The groups in the order in which the documentation shows them. */
export const settingsGroups = settings.groups;

export type Settings = ReturnType<typeof loadSettings>;

/**
 * Reads the settings from environment variables.
 * @throws SettingsMistakes naming every mistake
 */
export function loadSettings(environment: Environment) {
  return readEnvironment(settings, environment, 'KAISEKI_');
}

/** What a new generation of the data is, where these settings keep it: a sentence for an operator. */
export function newGeneration({ kafka, cassandra, dataDirectory }: Settings): string {
  const directory = `another data directory (KAISEKI_DATA_DIR) than ${resolve(dataDirectory)}`;
  const parts = new Set([kafka ? 'another KAFKA_PREFIX' : directory, cassandra ? 'another CASSANDRA_KEYSPACE' : directory]);
  return `A new generation here is ${[...parts].join(' and ')}, into which the orders are sent again.`;
}
