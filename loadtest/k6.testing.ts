/** Runs the scripts with a real k6. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Report } from './report/report.ts';

export const SCRIPTS = ['orders', 'batch', 'reads', 'live'] as const;

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs k6 to its end, whatever that is; of the caller's environment it sees PATH alone. */
export async function runK6(k6: string, args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  const variables = { PATH: process.env.PATH, HOME: process.env.HOME, K6_NO_USAGE_REPORT: 'true', ...environment };
  const child = spawn(k6, [...args], { env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, stdout, stderr };
}

/** Runs a script to its end. @throws Error where it ends without a report */
export async function runScript(k6: string, script: string, environment: Readonly<Record<string, string>>) {
  const path = join(import.meta.dirname, `${script}.ts`);
  const ended = await runK6(k6, ['run', '--quiet', '--address', '', path], { SUMMARY: 'json', ...environment });
  if (!ended.stdout.startsWith('{')) throw new Error(`${script} ended with ${ended.code} and no report: ${ended.stdout}${ended.stderr}`);
  const report: Report = JSON.parse(ended.stdout);
  return { ...ended, report };
}
