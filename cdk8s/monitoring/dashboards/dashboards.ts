/** Every dashboard, as a ConfigMap that the sidecar of Grafana takes up by its label. */
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { labelsOf } from '../../labels.ts';
import type { Settings } from '../../settings.ts';
import { BUSINESS } from './business.ts';
import { CASSANDRA } from './cassandra.ts';
import { type Dashboard, dashboardJson } from './dashboard.ts';
import { HOT_PARTITIONS } from './hot-partitions.ts';
import { KAFKA } from './kafka.ts';
import { PIPELINE } from './pipeline.ts';
import { WORKLOADS } from './workloads.ts';

/** The same in charts/operators/values.yaml. */
export const DASHBOARD_LABEL = { grafana_dashboard: '1' } as const;

export const DASHBOARDS: readonly Dashboard[] = [BUSINESS, PIPELINE, HOT_PARTITIONS, WORKLOADS, KAFKA, CASSANDRA];

export function dashboards(scope: Construct, settings: Settings): void {
  for (const dashboard of DASHBOARDS) {
    const { uid } = dashboard;
    new k8s.KubeConfigMap(scope, `dashboard-${uid}`, {
      metadata: { name: `dashboard-${uid}`, labels: { ...labelsOf('monitoring', settings), ...DASHBOARD_LABEL } },
      data: { [`${uid}.json`]: JSON.stringify(dashboardJson(dashboard)) },
    });
  }
}
