/** The command line as a whole. */
import { Command } from 'commander';
import { VERSION } from '../version.ts';
import type { CommandContext } from './context.ts';
import { addDaily } from './daily.ts';
import { addDemo } from './demo.ts';
import { examples } from './help.ts';
import { addLag } from './lag.ts';
import { addMigrate } from './migrate.ts';
import { addReplay } from './replay.ts';
import { addAll, addWorkloadNames } from './run-workloads.ts';
import { addTopics } from './topics.ts';

/** The program; what a command ends with is left in `context.exitCode`. @throws CommanderError, UsageError, SettingsMistakes */
export function createProgram(context: CommandContext): Command {
  const program = new Command('kaiseki')
    .description('Counts a stream of orders exactly, and serves segments, totals and summaries of it while it happens.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help; also after a command')
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError('(kaiseki --help says what there is)');
  addWorkloadNames(program, context);
  for (const add of [addAll, addDemo, addReplay, addDaily, addLag, addTopics, addMigrate]) add(program, context);
  program.addHelpText(
    'after',
    `${examples(['kaiseki all', 'kaiseki demo', 'kaiseki ingest counter', 'kaiseki replay --orders 1000'])}\n\nSettings are environment variables, also from a file .env: see docs/reference/configuration.md.`,
  );
  return program;
}
