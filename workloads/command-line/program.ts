/** The command line as a whole. */
import { Command, CommanderError } from 'commander';
import { SettingsMistakes } from '#platform/config/environment.ts';
import { VERSION } from '../version.ts';
import { type CommandContext, UsageError } from './context.ts';
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
    .configureOutput({ writeOut: context.print, writeErr: context.complain })
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

/** Runs one command line. @returns the exit code: 0, 1 where something failed, 2 where it was called or set up wrongly */
export async function runCommandLine(args: readonly string[], context: CommandContext): Promise<number> {
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    const { exitCode, message } = failureOf(error);
    context.complain(message);
    return exitCode;
  }
}

/** What went wrong, in one sentence where that is all that a user needs. */
function failureOf(error: unknown): { readonly exitCode: number; readonly message: string } {
  // Commander has said it already.
  if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? 0 : 2, message: '' };
  const message = error instanceof Error ? error.message : String(error);
  const failure = (exitCode: number, hint: string) => ({ exitCode, message: `error: ${message}${hint}\n` });
  if (error instanceof SettingsMistakes) return failure(2, '\n(docs/reference/configuration.md describes every setting)');
  if (error instanceof UsageError) return failure(2, '\n(kaiseki --help says what there is)');
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return failure(1, '; set KAISEKI_PORT to another port');
  return failure(1, '');
}
