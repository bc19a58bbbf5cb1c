/**
 * The order stream on Kubernetes: the project's own image and manifests, real Kafka and Cassandra, a real Prometheus. The
 * tests follow one another on one deployment.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { addDays, DayCutter } from '#platform/clock/day.ts';
import { recountRecord } from '#workloads/orders/recount.testing.ts';
import { startKaiseki } from '#workloads/processes.testing.ts';
import { ENVIRONMENTS } from '../environments.ts';
import { ALERTS } from '../monitoring/rules.ts';
import { noRig } from '../rig.testing.ts';
import { SERVICES } from '../settings.ts';
import { type Counts, expectCounts, getJson, readCounts, sumOf } from './counts.testing.ts';
import { type Deployment, deploy, READY_MS_MAX } from './deployment.testing.ts';
import { diagnosis } from './diagnosis.testing.ts';
import { EXPLAINED_ALERTS } from './explained-alerts.testing.ts';
import { loadK6Image, runLoadTest } from './load.testing.ts';
import { until } from './namespace.testing.ts';
import { type Prometheus, startPrometheus } from './prometheus.testing.ts';
import { startSteadyLoad } from './steady-load.testing.ts';

const K6_ORDERS = 50_000;
const K6_MS_MAX = 420_000;
/** What k6 counts that must be right, on whatever machine. */
const COUNTS_OF_K6 = ['orders_lost', 'orders_doubled', 'orders_missing_in_totals', 'orders_unknown', 'orders_refused'];
const COUNTED_MS_MAX = 120_000;
/** A killed counter's shards wait until Kafka has given it up. */
const RECOVERED_MS_MAX = 180_000;
const DAILY_MS_MAX = 120_000;
const RULES_MS_MAX = 120_000;

/** Rules without a value here: computed from answers of 5xx, of which there are none, or from what folds send each other or put off. */
const WITHOUT_VALUE = /^kaiseki_workload:http_errors:|:fold_edge_|:delay_/;

const { timeZone } = ENVIRONMENTS.kind;
/** A closed day, that no other order of the suite is of, whenever it runs. */
const CLOSED_DAY = addDays(new DayCutter(timeZone).dayOf(systemClock.now_ms()), -3);
/** Its last second in Asia/Tokyo, which knows no summer time. */
const CLOSED_DAY_END = `${CLOSED_DAY}T23:59:59+09:00`;

describe.skipIf(noRig !== undefined)(`the order stream on Kubernetes${noRig ? ` (skipped: ${noRig})` : ''}`, () => {
  let deployment: Deployment;
  let prometheus: Prometheus;
  let ingest: string;
  let summary: string;
  let directory: string;
  /** What the replays of the closed day were counted to be. */
  let ofClosedDay: Counts = new Map();

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kaiseki-cluster-'));
    deployment = await deploy();
    const { cluster, namespace, objects } = deployment;
    ingest = await namespace.addressOf('ingest');
    summary = await namespace.addressOf('summary');
    await loadK6Image(cluster);
    prometheus = await startPrometheus(namespace, objects);
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(`\n${task.name}\n${await diagnosis(deployment.namespace)}\n`);
  });

  afterAll(async () => {
    // Prometheus tells at its end whether the pods could always be listed; the cluster is cleaned up either way.
    try {
      await prometheus?.[Symbol.asyncDispose]();
    } finally {
      await deployment?.[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true });
    }
  });

  it('every workload is ready, and no container had to be started twice', async () => {
    for (const service of SERVICES) {
      const pods = await deployment.namespace.pods(service);
      const told = pods
        .flatMap(({ status }) => status?.containerStatuses ?? [])
        .map(({ ready, restartCount }) => ({ ready, restartCount }));
      expect(told, service).toEqual([{ ready: true, restartCount: 0 }]);
    }
  });

  it(`${K6_ORDERS} orders that k6 sends inside of the cluster are counted, each once`, async () => {
    const before = await readCounts(summary);
    const variables = { PROFILE: 'replay', ORDERS: String(K6_ORDERS), RATE: '0', DUPLICATES: '0.02', HOT: '0.1' };
    const { verdicts, metrics } = await runLoadTest(deployment.namespace, variables, K6_MS_MAX);
    // How fast it was depends on the machine.
    const broken = verdicts
      .filter(({ metric, ok }) => COUNTS_OF_K6.includes(metric) && !ok)
      .map(({ metric }) => ({ metric, values: metrics[metric] }));
    expect(broken).toEqual([]);
    expect(verdicts.map(({ metric }) => metric)).toEqual(expect.arrayContaining([...COUNTS_OF_K6]));
    expect(metrics.orders_accepted?.count).toBe(K6_ORDERS);
    expect(sumOf(await readCounts(summary)) - sumOf(before)).toBe(K6_ORDERS);
  });

  it('a counter and an ingest that are killed in the middle of a replay lose nothing', async () => {
    const before = await readCounts(summary);
    const record = join(directory, 'killed.ndjson');
    const replay = startKaiseki(
      ['replay', '--url', ingest, '--orders', '12000', '--rate', '600', '--duplicates', '0.05', '--hot', '0.1'].concat([
        '--days',
        '1',
        '--until',
        CLOSED_DAY_END,
        '--record',
        record,
        '--seed',
        '6',
      ]),
      {},
    );
    const counted = (orders: number) =>
      until(`${orders} orders are counted`, COUNTED_MS_MAX, async () => {
        const now = sumOf(await readCounts(summary)) - sumOf(before);
        return now >= orders || `${now} are`;
      });
    await counted(2_000);
    const counters = await deployment.namespace.kill('counter');
    const ingests = await deployment.namespace.kill('ingest');
    expect([counters.length, ingests.length]).toEqual([1, 1]);
    expect(await replay.ended(), replay.output.join('\n')).toBe(0);
    const recount = recountRecord(record, timeZone);
    ofClosedDay = recount.orders;
    expect(recount.total).toBe(12_000);
    await expectCounts(summary, before, recount.orders, RECOVERED_MS_MAX);
  });

  it('the CronJob, started by hand, sums up a day that orders came late for, and finds no drift', async () => {
    await deployment.namespace.createJobFrom('daily', 'daily-by-hand');
    const printed = await deployment.namespace.completed('daily-by-hand', DAILY_MS_MAX);
    const report: { drift: number } = JSON.parse(printed.split('\n').find((line) => line.includes('"drift"')) ?? '');
    expect(report.drift).toBe(0);
    const { summaries } = await getJson<{ summaries: readonly { segment: string; total_count: number }[] }>(
      `${summary}/api/summaries?from=${CLOSED_DAY}&to=${CLOSED_DAY}`,
    );
    expect(new Map(summaries.map(({ segment, total_count }) => [segment, total_count]))).toEqual(ofClosedDay);
  });

  it('a rollout of every Deployment fails no request, and every order is counted', async () => {
    const { namespace } = deployment;
    const before = await readCounts(summary);
    const old = await namespace.podNames(SERVICES);
    const load = startSteadyLoad(ingest, summary);
    for (const service of SERVICES) await namespace.restart(service, new Date(systemClock.now_ms()).toISOString());
    for (const service of SERVICES) await namespace.rolledOut(service, READY_MS_MAX);
    await namespace.ended(old, READY_MS_MAX);
    const { accepted, answered, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect(Math.min(sumOf(accepted), answered)).toBeGreaterThan(100);
    await expectCounts(summary, before, accepted, COUNTED_MS_MAX);
  });

  it('Prometheus scrapes every pod of ours', async () => {
    await until('every pod is scraped', RULES_MS_MAX, async () => {
      const pods = await deployment.namespace.podNames(SERVICES);
      const targets = await prometheus.targets();
      const up = targets.filter(({ health }) => health === 'up').map(({ labels }) => labels.pod ?? '');
      const missing = pods.filter((pod) => !up.includes(pod));
      return missing.length === 0 || `missing: ${missing.join(', ')}; ${targets.map(({ lastError }) => lastError).join(', ')}`;
    });
  });

  it('every rule can be evaluated, and every recording rule has a value', async () => {
    await until('every recording rule has a value', RULES_MS_MAX, async () => {
      const recorded = (await prometheus.rules()).filter(({ type }) => type === 'recording').map(({ name }) => name);
      expect(recorded).not.toEqual([]);
      const values = await Promise.all(recorded.map((name) => prometheus.query(name)));
      const empty = recorded.filter((name, index) => values[index]?.length === 0 && !WITHOUT_VALUE.test(name));
      return empty.length === 0 || `none: ${empty.join(', ')}`;
    });
    const rules = await prometheus.rules();
    expect(rules.filter(({ health }) => health !== 'ok').map(({ name, lastError }) => `${name}: ${lastError}`)).toEqual([]);
    const counted = sumOf(await readCounts(summary));
    await until('Prometheus knows of all orders', RULES_MS_MAX, async () => {
      const [told] = await prometheus.query('sum(kaiseki_segment:orders:max)');
      return told?.value === counted || `it knows of ${told?.value} of ${counted}`;
    });
  });

  it('no alert fires, and none waits to but those that the suite itself explains', async () => {
    // The last pods that were replaced are missed until the next evaluation.
    await until('no alert waits to fire', RULES_MS_MAX, async () => {
      const alerts = (await prometheus.rules()).filter(({ type }) => type === 'alerting');
      expect(alerts.map(({ name }) => name).sort()).toEqual(ALERTS.map(({ name }) => name).sort());
      expect(alerts.filter(({ state }) => state === 'firing').map(({ name }) => name)).toEqual([]);
      const waiting = alerts.filter(({ name, state }) => state !== 'inactive' && !(name in EXPLAINED_ALERTS));
      return waiting.length === 0 || waiting.map(({ name, state }) => `${name} is ${state}`).join(', ');
    });
  });
});
