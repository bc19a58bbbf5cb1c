import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../cdk8s/app.ts';
import { ENVIRONMENTS, LOAD_TESTS } from '../../cdk8s/environments.ts';
import { createLoadTest } from '../../cdk8s/load-test.ts';
import type { Manifest } from '../../cdk8s/objects.testing.ts';
import { type Call, evaluateTiltfile, noStarlark, repositoryFiles } from './tiltfile.testing.ts';

const objectsIn = ({ charts }: ReturnType<typeof createApp>) => charts.flatMap((chart): Manifest[] => chart.toJson());
const STREAMS = {
  kind: objectsIn(createApp(ENVIRONMENTS.kind, 'dist/never-written')),
  'kind-load-test': objectsIn(createLoadTest(ENVIRONMENTS.kind, LOAD_TESTS.kind, 'dist/never-written')),
};
const BUTTONS = ['replay', 'daily-now', 'load-test'];

/** A resource as Tilt shows it. */
interface Resource {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

describe.skipIf(noStarlark !== undefined)(`the Tiltfile${noStarlark ? ` (skipped: ${noStarlark})` : ''}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'kaiseki-tilt-'));
  let calls: readonly Call[] = [];
  let resources: readonly Resource[] = [];
  beforeAll(() => {
    const { ok, complaint, ...evaluated } = evaluateTiltfile('kind-kaiseki', STREAMS, directory);
    if (!ok) throw new Error(complaint);
    calls = evaluated.calls;
    resources = calls
      .filter(({ name }) => name === 'local_resource' || name === 'k8s_resource')
      .map(({ args, options }) => ({ name: String(options.new_name ?? args[0]), options }));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  const before = (name: string): Set<string> => {
    const found = resources.find((resource) => resource.name === name);
    if (!found) throw new Error(`there is no resource ${name}`);
    const direct = listOf(found.options.resource_deps).map(String);
    return new Set([...direct, ...direct.flatMap((one) => [...before(one)])]);
  };

  it('is for kind clusters only', () => {
    const { ok, complaint } = evaluateTiltfile('production-tokyo', STREAMS, directory);
    expect(ok).toBe(false);
    expect(complaint).toContain('the context is production-tokyo');
  });

  it('brings operators, then Kafka and Cassandra, then the schema, then the workloads', () => {
    expect([...before('kafka')]).toEqual(expect.arrayContaining(['operators', 'basics']));
    expect([...before('migrate')]).toEqual(expect.arrayContaining(['operators', 'cassandra']));
    for (const name of ['ingest', 'counter', 'summary', 'live', 'daily']) {
      expect([...before(name)], name).toEqual(expect.arrayContaining(['operators', 'kafka', 'cassandra', 'migrate']));
    }
  });

  it('has every object of the environment in one resource', () => {
    const pods = [...STREAMS.kind, ...STREAMS['kind-load-test']].filter(({ kind }) => ['Deployment', 'Job', 'CronJob'].includes(kind));
    const named = calls.filter(({ name, args }) => name === 'k8s_resource' && args.length > 0).map(({ args }) => args[0]);
    expect([...named].sort()).toEqual(pods.map(({ metadata }) => metadata.name).sort());
    const selected = resources.flatMap(({ options }) => listOf(options.objects).map(String));
    const others = [...STREAMS.kind, ...STREAMS['kind-load-test']]
      .filter((manifest) => !pods.includes(manifest) && manifest.kind !== 'Service')
      .map(({ kind, metadata }) => [metadata.name, kind.toLowerCase(), metadata.namespace].filter(Boolean).join(':'));
    expect(selected.sort()).toEqual(others.sort());
  });

  it('names files and scripts that there are', () => {
    const files = [...repositoryFiles()];
    const isThere = (path: string) => files.some((file) => file === path || file.startsWith(`${path}/`));
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const [image] = calls.filter(({ name }) => name === 'docker_build');
    const synced = listOf(image?.options.live_update).flatMap((step) => listOf(step)[1] as string | string[]);
    const paths = [
      ...calls.filter(({ name }) => name === 'read_file' || name === 'watch_file').map(({ args }) => String(args[0])),
      ...resources.flatMap(({ options }) => listOf(options.deps).map(String)),
      ...synced,
    ];
    expect(paths.length).toBeGreaterThan(8);
    for (const path of paths) expect(isThere(path), path).toBe(true);
    const commands = [
      ...calls.filter(({ name }) => name === 'local').map(({ args }) => String(args[0])),
      ...resources.map(({ options }) => listOf(options.cmd).join(' ') || String(options.cmd ?? '')),
    ];
    const run = commands.flatMap((command) => [...command.matchAll(/npm run -s (\S+)/g)].map(([, script = '']) => script));
    expect(run).toEqual(['synth', 'kaiseki']);
    for (const script of run) expect(scripts).toHaveProperty([script]);
    for (const command of commands) for (const [script] of command.matchAll(/tools\/\S+/g)) expect(isThere(script), script).toBe(true);
  });

  it('has buttons that wait to be pressed, and nothing else that does', () => {
    expect(resources.filter(({ options }) => options.auto_init === false).map(({ name }) => name)).toEqual(BUTTONS);
    for (const { name, options } of resources) if (BUTTONS.includes(name)) expect(options.trigger_mode).toBe('manual');
    // Waiting for a button would be waiting for ever.
    for (const { name } of resources) for (const other of before(name)) expect(BUTTONS).not.toContain(other);
    const daily = resources.find(({ name }) => name === 'daily-now');
    expect(daily?.options.cmd).toContain('docker exec kaiseki-control-plane kubectl');
    expect(daily?.options.cmd).toContain('--from=cronjob/daily daily-$(date +%s)');
  });

  it('lets Node see changes in the Deployments, and leaves Jobs as they are', () => {
    const applied = calls.filter(({ name }) => name === 'k8s_yaml').flatMap(({ args }) => args[0] as Manifest[]);
    const commands = applied.flatMap(
      ({ kind, spec }) =>
        (kind === 'CronJob' ? spec.jobTemplate?.spec.template : spec?.template)?.spec?.containers?.map((container) => [
          kind,
          'command' in container ? container.command : undefined,
        ]) ?? [],
    );
    expect(commands.filter(([kind]) => kind === 'Deployment')).toEqual(
      new Array(4).fill(['Deployment', ['node', '--watch', '/app/workloads/main.ts']]),
    );
    expect(commands.filter(([kind]) => kind !== 'Deployment').map(([, command]) => command)).toEqual([undefined, undefined, ['k6']]);
  });
});
