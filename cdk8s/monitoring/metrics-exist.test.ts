/** Every metric that a rule or a dashboard asks for is one that the running program reports, or is known to come from others. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { createProgramMetrics } from '#workloads/metrics.ts';
import { addressOf, startKaiseki, type TestProcess } from '#workloads/processes.testing.ts';
import { FOREIGN_METRICS } from './foreign-metrics.testing.ts';
import { RECORDED, selections } from './queries.testing.ts';

/** A process starts slowly on a machine that is busy with other tests. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Labels that Prometheus adds to every series of a target (cdk8s/monitoring/pod-monitors.ts). */
const TARGET_LABELS = ['namespace', 'workload', 'pod', 'job', 'instance'];

let kaiseki: TestProcess;
let directory: string;
let scrape: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kaiseki-metrics-'));
  kaiseki = startKaiseki(['all'], { KAISEKI_DATA_DIR: directory, KAISEKI_PORT: '0', KAISEKI_SHARDS: '2', KAISEKI_BUCKETS: '4' });
  const url = await addressOf(kaiseki);
  const isReady = async () => (await fetch(`${url}/readyz`)).ok;
  while (!(await isReady())) await systemClock.sleep(50);
  const orders = ['washoku', 'kinoko', 'nothing'].map((menu_type, user) =>
    JSON.stringify({ user_id: `u${user}`, timestamp: '2026-11-20T03:00:00Z', menu_type }),
  );
  const headers = { 'Content-Type': 'application/x-ndjson' };
  await fetch(`${url}/api/log/batch`, { method: 'POST', headers, body: orders.join('\n') });
  const read = async () => (await fetch(`${url}/metrics`)).text();
  const isCounted = (text: string) => /^kaiseki_segment_orders\{dimension="snack",segment="kinoko"\} 1$/m.test(text);
  for (scrape = await read(); !isCounted(scrape); scrape = await read()) await systemClock.sleep(100);
});

afterAll(async () => {
  kaiseki.kill('SIGTERM');
  await kaiseki.ended();
  rmSync(directory, { recursive: true });
});

/** The names of the series that the text declares: a histogram has three. */
function namesIn(text: string): ReadonlySet<string> {
  const declared = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({ name, type }));
  return new Set(
    declared.flatMap(({ name, type }) => (type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name])),
  );
}

it('every metric that is asked for exists', () => {
  const reported = namesIn(scrape);
  const known = new Set([...reported, ...FOREIGN_METRICS, ...RECORDED]);
  const asked = selections();
  expect(asked.length).toBeGreaterThan(100);
  expect(asked.filter(({ metric }) => !known.has(metric)).map(({ by, metric }) => `${by} asks for ${metric}`)).toEqual([]);
});

it('every metric of the program that is asked for has the labels that it is asked by', () => {
  const labels = new Map(
    createProgramMetrics()
      .descriptions()
      .map((metric) => [metric.name, metric.labels]),
  );
  const unknown = selections().flatMap(({ by, metric, labels: matched }) => {
    const own = labels.get(metric) ?? labels.get(metric.replace(/_(bucket|sum|count)$/, ''));
    if (own === undefined) return [];
    return matched.filter((label) => ![...own, ...TARGET_LABELS].includes(label)).map((label) => `${by} matches ${metric} by ${label}`);
  });
  expect(unknown).toEqual([]);
});

it('the orders that were posted are in the series that the dashboards show', () => {
  expect(scrape).toMatch(/^kaiseki_ingest_orders_accepted_total 2$/m);
  expect(scrape).toMatch(/^kaiseki_ingest_orders_refused_total\{reason="invalid"\} 1$/m);
  expect(scrape).toMatch(/^kaiseki_fold_records_total\{fold="orders",outcome="counted"\} 2$/m);
  expect(scrape).toMatch(/^kaiseki_fold_next_offset\{fold="orders",shard="\d+"\} \d+$/m);
  expect(scrape).toMatch(/^kaiseki_fold_freshness_seconds_bucket\{le="5",fold="orders"\} 2$/m);
});

it('no foreign metric is listed that nobody asks for, and none is recorded in vain', () => {
  const asked = new Set(selections().map(({ metric }) => metric));
  expect([...FOREIGN_METRICS, ...RECORDED].filter((name) => !asked.has(name))).toEqual([]);
});

it('recorded series are named level:metric:operations', () => {
  for (const name of RECORDED) expect(name).toMatch(/^kaiseki(_shard|_workload|_segment)?:[a-z][a-z0-9_]*:[a-z0-9_]+$/);
});

it('what an alert counts begins at 0, so that its first event is an increase', () => {
  for (const [counter, labels] of [
    ['kaiseki_ingest_orders_refused_total', 'reason="overload"'],
    ['kaiseki_ingest_orders_refused_total', 'reason="unconfirmed"'],
    ['kaiseki_fold_abandons_total', 'fold="orders",reason="commit_refused"'],
    ['kaiseki_fold_abandons_total', 'fold="orders",reason="other_owner"'],
    ['kaiseki_fold_records_total', 'fold="orders",outcome="rejected"'],
  ]) {
    expect(scrape).toContain(`\n${counter}{${labels}} 0\n`);
  }
});
