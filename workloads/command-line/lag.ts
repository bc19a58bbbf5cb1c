/** `kaiseki lag`: how far each consumer group is behind. */
import type { Command } from 'commander';
import { CONSUMER_GROUPS } from '../catalogue.ts';
import { type CommandContext, withLog } from './context.ts';
import { examples } from './help.ts';
import { withOrders } from './no-orders.ts';
import { formatTable } from './table.ts';

export function addLag(program: Command, context: CommandContext): void {
  program
    .command('lag')
    .summary('show how far each consumer group is behind')
    .description('Shows for each consumer group and partition how many records it has not taken yet. Joins no group.')
    .option('--json', 'answer with JSON')
    .addHelpText('after', examples(['kaiseki lag', 'kaiseki lag --json', 'KAFKA_BROKERS=localhost:9092 kaiseki lag']))
    .action(async ({ json }: { json?: true }) => {
      const groups = await withLog(context, (log, settings) =>
        Promise.all(
          CONSUMER_GROUPS.map(async ({ group, topic }) => {
            const partitions = await withOrders(settings, () => log.lag(topic, group));
            return {
              group: log.nameOf(group),
              topic: log.nameOf(topic),
              records: partitions.reduce((sum, { records }) => sum + records, 0),
              partitions,
            };
          }),
        ),
      );
      if (json) {
        context.print(`${JSON.stringify(groups)}\n`);
        return;
      }
      const rows = groups.flatMap(({ group, topic, records, partitions }) => [
        ...partitions.map((one) => [group, topic, String(one.partition), one.groupOffset ?? '-', one.endOffset, one.records]),
        [group, topic, 'all', '-', '-', records],
      ]);
      context.print(formatTable(['GROUP', 'TOPIC', 'PARTITION', 'OFFSET', 'END', 'LAG'], rows));
    });
}
