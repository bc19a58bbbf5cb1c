/** k6 in the cluster: its image, made of the rig's own k6, and the load test's Job. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../loadtest/report/report.ts';
import { tool } from '../../tools/tool.testing.ts';
import { ENVIRONMENTS, LOAD_TESTS } from '../environments.ts';
import { createLoadTest } from '../load-test.ts';
import type { Manifest } from '../objects.testing.ts';
import type { Cluster } from '../rig.testing.ts';
import type { LoadTestSettings } from '../settings.ts';
import type { TestNamespace } from './namespace.testing.ts';

/** Nothing is pulled: this stands for the image that the manifests name. k6 is one static file. */
const DOCKERFILE = 'FROM scratch\nCOPY k6 /usr/bin/k6\nENV PATH=/usr/bin\nENTRYPOINT ["k6"]\n';

export async function loadK6Image(cluster: Cluster): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'kaiseki-k6-'));
  try {
    await copyFile(tool('k6').path(), join(directory, 'k6'));
    await writeFile(join(directory, 'Dockerfile'), DOCKERFILE);
    await cluster.rig('image', LOAD_TESTS.kind.image, directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Runs a load test to its end, whether its thresholds were kept or not. @throws Error when it does not end in time, or ends without a report */
export async function runLoadTest(namespace: TestNamespace, variables: LoadTestSettings['variables'], within_ms: number): Promise<Report> {
  const settings = { ...ENVIRONMENTS.kind, namespace: namespace.name };
  const app = createLoadTest(settings, { ...LOAD_TESTS.kind, variables }, 'dist/never-written');
  const objects = app.charts.flatMap((chart): Manifest[] => chart.toJson());
  await namespace.apply(objects);
  const [job] = objects.filter(({ kind }) => kind === 'Job');
  const { output } = await namespace.finished(job?.metadata.name ?? '', within_ms);
  // Where a threshold was broken, k6 says so after the report.
  const line = output.split('\n').findLast((one) => one.startsWith('{'));
  if (line === undefined) throw new Error(`k6 ended without a report:\n${output}`);
  const report: Report = JSON.parse(line);
  return report;
}
