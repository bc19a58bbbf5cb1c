#!/usr/bin/env node
/** The program `kaiseki`. */
import { systemClock } from '#platform/clock/clock.ts';
import { runCommandLine } from './command-line/program.ts';

const SETTINGS_FILE = '.env';

process.exit(
  await runCommandLine(process.argv.slice(2), {
    environment: process.env,
    settingsFile: SETTINGS_FILE,
    clock: systemClock,
    print: (text) => process.stdout.write(text),
    complain: (text) => process.stderr.write(text),
    exitCode: 0,
  }),
);
