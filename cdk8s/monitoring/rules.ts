/** Recording rules and alerts, as a PrometheusRule or as a rule file of a Prometheus without its operator. */
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { stringify } from 'yaml';
import { labelsOf } from '../labels.ts';
import type { Settings } from '../settings.ts';
import { type Alert, type AlertRule, alertRule } from './alert.ts';
import { BACKEND_ALERTS } from './alerts/backends.ts';
import { DAILY_ALERTS } from './alerts/daily.ts';
import { FOLD_ALERTS } from './alerts/fold.ts';
import { INGEST_ALERTS } from './alerts/ingest.ts';
import { TARGET_ALERTS } from './alerts/targets.ts';
import { RECORDING_RULES, type RecordingRule } from './recording-rules.ts';

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (RecordingRule | AlertRule)[];
}

const ALERT_GROUPS: Readonly<Record<string, readonly Alert[]>> = {
  ingest: INGEST_ALERTS,
  fold: FOLD_ALERTS,
  daily: DAILY_ALERTS,
  backends: BACKEND_ALERTS,
  targets: TARGET_ALERTS,
};

export const ALERTS: readonly Alert[] = Object.values(ALERT_GROUPS).flat();

export function ruleGroups({ runbooks }: Settings['monitoring']): readonly RuleGroup[] {
  return [
    ...Object.entries(RECORDING_RULES).map(([name, rules]) => ({ name: `kaiseki-${name}`, rules })),
    ...Object.entries(ALERT_GROUPS).map(([name, alerts]) => ({
      name: `kaiseki-${name}-alerts`,
      rules: alerts.map((alert) => alertRule(alert, runbooks)),
    })),
  ];
}

/** The text of a rule file, for `rule_files` of a Prometheus and for promtool. */
export function ruleFile(monitoring: Settings['monitoring']): string {
  return stringify({ groups: ruleGroups(monitoring) }, { lineWidth: 0 });
}

export function prometheusRule(scope: Construct, settings: Settings): void {
  new ApiObject(scope, 'rules', {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'kaiseki', labels: labelsOf('monitoring', settings) },
    spec: { groups: ruleGroups(settings.monitoring) },
  });
}
