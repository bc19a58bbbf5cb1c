/** `kaiseki topics`: creates what is missing. */
import type { Command } from 'commander';
import { allTopics } from '../catalogue.ts';
import { type CommandContext, withLog } from './context.ts';
import { examples } from './help.ts';
import { formatTable } from './table.ts';

const HOUR_MS = 60 * 60_000;

export function addTopics(program: Command, context: CommandContext): void {
  program
    .command('topics')
    .summary('create the topics that are missing')
    .description(
      'Creates the topics that are missing, where no operator does. Safe to run again. A topic with another number of partitions is an error.',
    )
    .option('--json', 'answer with JSON')
    .addHelpText(
      'after',
      examples(['kaiseki topics', 'KAFKA_BROKERS=localhost:9092 KAFKA_REPLICATION_FACTOR=1 kaiseki topics', 'kaiseki topics --json']),
    )
    .action(async ({ json }: { json?: true }) => {
      const topics = await withLog(context, async (log, settings) => {
        const all = allTopics(settings);
        const created = await log.createTopics(all);
        return all.map((topic) => ({ ...topic, name: log.nameOf(topic.name), created: created.includes(topic.name) }));
      });
      const rows = topics.map(({ name, partitions, cleanup, retention_ms, created, purpose }) => {
        const kept = cleanup === 'compact' ? 'last of each key' : retention_ms < 0 ? 'for ever' : `${retention_ms / HOUR_MS} hours`;
        return [name, partitions, kept, created ? 'created' : 'was there', purpose];
      });
      context.print(json ? `${JSON.stringify(topics)}\n` : formatTable(['TOPIC', 'PARTITIONS', 'KEEPS', 'NOW', 'PURPOSE'], rows));
    });
}
