/** What Prometheus scrapes, computes and warns of, and what Grafana shows. Read by the stack of charts/operators. */
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { dashboards } from './dashboards/dashboards.ts';
import { podMonitors } from './pod-monitors.ts';
import { prometheusRule } from './rules.ts';

export function monitoring(scope: Construct, settings: Settings): void {
  podMonitors(scope, settings);
  prometheusRule(scope, settings);
  dashboards(scope, settings);
}
