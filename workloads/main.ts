#!/usr/bin/env node
/** The program `kaiseki`. */
import { existsSync } from 'node:fs';
import { systemClock } from '#platform/clock/clock.ts';
import { runCommandLine } from './command-line/program.ts';

const SETTINGS_FILE = '.env';

// Variables of the environment win over those of the file.
if (existsSync(SETTINGS_FILE)) process.loadEnvFile(SETTINGS_FILE);
process.exit(
  await runCommandLine(process.argv.slice(2), {
    environment: process.env,
    clock: systemClock,
    print: (text) => process.stdout.write(text),
    complain: (text) => process.stderr.write(text),
    exitCode: 0,
  }),
);
