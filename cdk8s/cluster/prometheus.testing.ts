/** A real Prometheus on this machine that scrapes the pods as the PodMonitors say and evaluates the PrometheusRules. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { freePort } from '../../tools/servers/free-ports.ts';
import { tool } from '../../tools/tool.testing.ts';
import type { Manifest } from '../objects.testing.ts';
import { follow } from './following.testing.ts';
import { type TestNamespace, until } from './namespace.testing.ts';
import { podMonitorsIn, scrapeConfigs, targetsOf } from './scraping.testing.ts';

/** How often the pods are listed anew, in milliseconds. */
const PODS_MS = 1_000;
const START_MS_MAX = 30_000;

export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

export interface Rule {
  readonly type: 'recording' | 'alerting';
  readonly name: string;
  readonly query: string;
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
  /** Of an alert only. */
  readonly state?: 'inactive' | 'pending' | 'firing';
}

export interface Prometheus extends AsyncDisposable {
  targets(): Promise<readonly Target[]>;
  rules(): Promise<readonly Rule[]>;
  /** The values of an expression now, by their labels. */
  query(expression: string): Promise<readonly { readonly metric: Readonly<Record<string, string>>; readonly value: number }[]>;
}

/** @throws Error when promtool finds a rule wrong, or Prometheus does not start */
export async function startPrometheus(namespace: TestNamespace, objects: readonly Manifest[]): Promise<Prometheus> {
  const directory = await mkdtemp(join(tmpdir(), 'kaiseki-prometheus-'));
  const monitors = podMonitorsIn(objects);
  const rules = objects.filter(({ kind }) => kind === 'PrometheusRule');
  const ruleFile = ({ metadata }: Manifest) => join(directory, `${metadata.name}.rules.yaml`);
  const targetsFile = (job: string) => join(directory, `${job}.targets.json`);
  for (const rule of rules) await writeFile(ruleFile(rule), stringify(rule.spec));
  const configuration = join(directory, 'prometheus.yaml');
  await writeFile(
    configuration,
    stringify({
      global: { evaluation_interval: '5s' },
      rule_files: rules.map(ruleFile),
      scrape_configs: scrapeConfigs(monitors, namespace.name, targetsFile),
    }),
  );
  await promisify(execFile)(tool('promtool').path(), ['check', 'config', configuration]);
  const port = await freePort([]);
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(
    tool('prometheus').path(),
    [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${directory}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const ended = once(server, 'exit');
  const following = follow(PODS_MS, async () => {
    const { items } = await namespace.core.listNamespacedPod({ namespace: namespace.name });
    for (const [job, groups] of targetsOf(monitors, items)) await replaceFile(targetsFile(job), JSON.stringify(groups));
  });
  const stop = async () => {
    try {
      await following.stop();
    } finally {
      server.kill('SIGTERM');
      await ended;
      await rm(directory, { recursive: true });
    }
  };
  try {
    await until('a ready Prometheus', START_MS_MAX, () => isReady(url, server));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async targets() {
      const { activeTargets } = await ask<{ activeTargets: readonly Target[] }>(url, 'targets?state=active');
      return activeTargets;
    },
    async rules() {
      const { groups } = await ask<{ groups: readonly { rules: readonly Rule[] }[] }>(url, 'rules');
      return groups.flatMap((group) => group.rules);
    },
    async query(expression) {
      const { result } = await ask<{ result: readonly { metric: Record<string, string>; value: readonly [number, string] }[] }>(
        url,
        `query?query=${encodeURIComponent(expression)}`,
      );
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** At once: Prometheus must not read half a file. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

async function isReady(url: string, server: ChildProcess): Promise<true | string> {
  if (server.exitCode !== null) throw new Error(`Prometheus ended with ${server.exitCode}`);
  const answer = await fetch(`${url}/-/ready`).catch(String);
  return typeof answer === 'string' ? answer : answer.ok || `it answers ${answer.status}`;
}

async function ask<T>(url: string, path: string): Promise<T> {
  const answer = await fetch(`${url}/api/v1/${path}`);
  const { data, error }: { data: T; error?: string } = JSON.parse(await answer.text());
  if (!answer.ok) throw new Error(`Prometheus answers ${answer.status} to ${path}: ${error}`);
  return data;
}
