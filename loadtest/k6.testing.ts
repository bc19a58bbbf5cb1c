/** Runs the scripts with a real k6: the rig's, or the one on the path. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Report } from './report/report.ts';

const { KAISEKI_CLUSTER_RIG: rig } = process.env;

/** Why k6 cannot be run; undefined where it can. */
export const noK6 =
  rig || spawnSync('k6', ['version']).status === 0 ? undefined : 'there is no k6 on the path, and KAISEKI_CLUSTER_RIG is not set';

export const SCRIPTS = ['orders', 'batch', 'reads', 'live'] as const;

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where k6 is: the rig builds its own the first time. */
export function findK6(): string {
  if (!rig) return 'k6';
  return join(execFileSync(join(rig, 'tools'), ['k6'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim(), 'k6');
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
