import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { objectsOf } from '../../objects.testing.ts';
import { panelsOf } from '../queries.testing.ts';
import { DASHBOARD_LABEL, DASHBOARDS } from './dashboards.ts';

it('their addresses in Grafana never change', () => {
  expect(DASHBOARDS.map(({ uid }) => uid)).toEqual([
    'kaiseki-business',
    'kaiseki-pipeline',
    'kaiseki-hot-partitions',
    'kaiseki-workloads',
    'kaiseki-kafka',
    'kaiseki-cassandra',
  ]);
});

describe.each(DASHBOARDS)('$uid', (dashboard) => {
  const panels = panelsOf(dashboard);

  it('names each panel once, with a unit, and asks the chosen Prometheus', () => {
    const titles = panels.map(({ title, type }) => `${type} ${title}`);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
    for (const { fieldConfig, targets = [] } of panels) {
      expect(fieldConfig?.defaults.unit).toBeTruthy();
      expect(targets.length).toBeGreaterThan(0);
      for (const { datasource, expr } of targets) {
        expect(datasource?.uid).toBe('$datasource');
        expect(expr).toContain('namespace="$namespace"');
      }
    }
  });

  it('is in a ConfigMap that the sidecar of Grafana takes up', () => {
    const found = objectsOf('production').find(({ metadata }) => metadata.name === `dashboard-${dashboard.uid}`);
    expect(found).toMatchObject({ kind: 'ConfigMap', metadata: { labels: DASHBOARD_LABEL } });
    expect(JSON.parse(found?.data?.[`${dashboard.uid}.json`] ?? '')).toMatchObject({ uid: dashboard.uid, title: dashboard.title });
  });
});

it('the sidecar looks for the label that the ConfigMaps bear', () => {
  const { 'kube-prometheus-stack': stack } = parse(
    readFileSync(join(import.meta.dirname, '../../../charts/operators/values.yaml'), 'utf8'),
  );
  const { label, labelValue, enabled, searchNamespace } = stack.grafana.sidecar.dashboards;
  expect({ enabled, searchNamespace }).toEqual({ enabled: true, searchNamespace: 'ALL' });
  expect({ [label]: labelValue }).toEqual(DASHBOARD_LABEL);
});
