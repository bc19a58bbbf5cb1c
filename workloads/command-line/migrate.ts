/** `kaiseki migrate`: brings Cassandra's schema up to date. */
import type { Command } from 'commander';
import { migrateTables } from '../adapters.ts';
import { type CommandContext, settingsAndLogger } from './context.ts';
import { examples } from './help.ts';

export function addMigrate(program: Command, context: CommandContext): void {
  program
    .command('migrate')
    .summary('create or update the tables in Cassandra')
    .description(
      'Creates the keyspace where there is none and applies the migrations of cql/ that it lacks. Safe to run again, and twice at once.',
    )
    .addHelpText('after', examples(['CASSANDRA_CONTACT_POINTS=localhost:9042 CASSANDRA_REPLICATION_FACTOR=1 kaiseki migrate']))
    .action(async () => {
      const { settings } = settingsAndLogger(context);
      const report = await migrateTables(settings, context.clock);
      context.print(
        `${report ? migrated(report, settings.cassandra?.keyspace ?? '') : 'Nothing to do: the embedded tables (no CASSANDRA_CONTACT_POINTS) need no migration.'}\n`,
      );
    });
}

function migrated(report: { keyspaceCreated: boolean; applied: readonly string[]; current: number }, keyspace: string): string {
  const created = report.keyspaceCreated ? `Keyspace ${keyspace} created. ` : '';
  if (report.applied.length === 0) return `${created}Nothing to do: keyspace ${keyspace} is at migration ${report.current}.`;
  return `${created}Applied ${report.applied.join(', ')}: keyspace ${keyspace} is at migration ${report.current}.`;
}
