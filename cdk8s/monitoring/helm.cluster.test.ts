/** Helm does not touch braces that are not its own: the chart's rules and dashboards are those of cdk8s. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { tool } from '../../tools/tool.testing.ts';
import { ENVIRONMENTS } from '../environments.ts';
import { CHART_DIRECTORY } from '../helm/files.ts';
import { find, type Manifest, objectsOf } from '../objects.testing.ts';
import { DASHBOARDS } from './dashboards/dashboards.ts';
import { ruleGroups } from './rules.ts';

const helm = tool('helm');

describe.skipIf(helm.missing !== undefined)(`the chart's monitoring${helm.missing ? ` (skipped: ${helm.missing})` : ''}`, () => {
  const rendered = (...values: readonly string[]): readonly Manifest[] => {
    const text = execFileSync(helm.path(), ['template', 'kaiseki', CHART_DIRECTORY, ...values.flatMap((value) => ['--set', value])], {
      encoding: 'utf8',
    });
    return parseAllDocuments(text).flatMap((document): Manifest[] => document.toJS() ?? []);
  };

  it('has the rules of cdk8s, with their braces, and links to the runbooks of its values', () => {
    const runbooks = 'https://wiki.example.com/runbooks';
    const { spec } = find(rendered(`monitoring.runbooks=${runbooks}`), 'PrometheusRule', 'kaiseki');
    expect(spec).toEqual({ groups: ruleGroups({ runbooks }) });
    expect(JSON.stringify(spec)).toContain('{{ $labels.shard }}');
  });

  it('links to nothing where no value says where the runbooks are', () => {
    const { spec } = find(rendered(), 'PrometheusRule', 'kaiseki');
    expect(spec).toEqual({ groups: ruleGroups(ENVIRONMENTS.production.monitoring) });
    expect(JSON.stringify(spec)).not.toContain('runbook');
  });

  it('has the dashboards of cdk8s', () => {
    const objects = rendered();
    for (const { uid } of DASHBOARDS) {
      const name = `dashboard-${uid}`;
      expect(find(objects, 'ConfigMap', name).data).toEqual(find(objectsOf('production'), 'ConfigMap', name).data);
    }
  });

  it('looks at no Kafka and no Cassandra that it does not run', () => {
    const monitors = (objects: readonly Manifest[]) =>
      objects.filter(({ kind }) => kind === 'PodMonitor').map(({ metadata }) => metadata.name);
    expect(monitors(rendered())).toEqual(['kaiseki-workloads', 'kaiseki-kafka', 'kaiseki-cassandra']);
    const outside = ['kafka.create=false', 'kafka.existing.bootstrap=k:9092', 'cassandra.create=false'];
    const existing = ['cassandra.existing.contactPoints=c:9042', 'cassandra.existing.credentialsSecret=cassandra'];
    expect(monitors(rendered(...outside, ...existing))).toEqual(['kaiseki-workloads']);
  });

  it('is left out where it is switched off', () => {
    const kinds = new Set(rendered('monitoring.enabled=false').map(({ kind }) => kind));
    expect([...kinds].filter((kind) => ['PodMonitor', 'PrometheusRule', 'ConfigMap'].includes(kind))).toEqual([]);
  });
});
