#!/usr/bin/env node
/** The program `kaiseki`: reads the command line, runs it, and ends with its exit code (2: it was called or set up wrongly). */
import { existsSync } from 'node:fs';
import { CommanderError } from 'commander';
import { systemClock } from '#platform/clock/clock.ts';
import { SettingsMistakes } from '#platform/config/environment.ts';
import { type CommandContext, UsageError } from './command-line/context.ts';
import { createProgram } from './command-line/program.ts';

const SETTINGS_FILE = '.env';

// Variables of the environment win over those of the file.
if (existsSync(SETTINGS_FILE)) process.loadEnvFile(SETTINGS_FILE);
const context: CommandContext = { environment: process.env, clock: systemClock, exitCode: 0 };
try {
  await createProgram(context).parseAsync();
} catch (error) {
  context.exitCode = fail(error);
}
process.exit(context.exitCode);

/** Says what went wrong in one sentence where that is all a user needs. */
function fail(error: unknown): number {
  // Commander has printed its own message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof SettingsMistakes) return complain(`${error.message}\n(docs/reference/configuration.md describes every setting)`, 2);
  if (error instanceof UsageError) return complain(`${error.message}\n(kaiseki --help says what there is)`, 2);
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    return complain(`${error.message}; set KAISEKI_PORT to another port`, 1);
  return complain(error instanceof Error ? error.message : String(error), 1);
}

function complain(message: string, exitCode: number): number {
  process.stderr.write(`error: ${message}\n`);
  return exitCode;
}
