/** Every setting of the program, from environment variables. The one place that knows them all. */
import { type CassandraSettings, cassandraGroup } from '#platform/config/cassandra.ts';
import { defineGroup, type Environment, readEnvironment } from '#platform/config/environment.ts';
import { httpGroup } from '#platform/config/http.ts';
import { type KafkaSettings, kafkaGroup } from '#platform/config/kafka.ts';
import { choice, text } from '#platform/config/variables.ts';
import type { FoldLimits } from '#platform/fold/limits.ts';
import type { HttpSettings } from '#platform/http/server.ts';
import type { PinnedSettings } from './orders/pin.ts';
import { foldGroup, foldLimits, type IngestSettings, ingestGroup, type LiveSettings, liveGroup, ordersGroup } from './orders/settings.ts';

export interface Settings {
  readonly http: HttpSettings;
  /** Where the embedded log and tables keep their files. */
  readonly dataDirectory: string;
  readonly logLevel: LogLevel;
  readonly orders: PinnedSettings;
  readonly ingest: IngestSettings;
  readonly fold: FoldLimits;
  readonly live: LiveSettings;
  /** Undefined: the embedded log. */
  readonly kafka: KafkaSettings | undefined;
  /** Undefined: the embedded tables. */
  readonly cassandra: CassandraSettings | undefined;
}

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

/** The groups in the order in which the documentation shows them. */
export const settingsGroups = {
  process: processGroup,
  http: httpGroup,
  orders: ordersGroup,
  ingest: ingestGroup,
  fold: foldGroup,
  live: liveGroup,
  kafka: kafkaGroup,
  cassandra: cassandraGroup,
};

/**
 * Reads the settings from environment variables.
 * @throws SettingsMistakes naming every mistake
 */
export function loadSettings(environment: Environment): Settings {
  const { process, fold, ...groups } = readEnvironment(settingsGroups, environment, 'KAISEKI_');
  return { ...process, ...groups, fold: foldLimits(fold, groups.kafka ? 'kafka' : 'embedded') };
}
