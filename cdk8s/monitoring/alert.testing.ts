/** Scenarios of alerts, as promtool plays them: series of samples, and whether the alert fires at a time. */
import { type AlertRule, alertRule } from './alert.ts';
import { ALERTS, ruleGroups } from './rules.ts';

export interface Scenario {
  readonly alert: string;
  /** What the samples show. */
  readonly given: string;
  /** A series, and its samples every SAMPLE_INTERVAL in promtool's notation: `0+5x20` is 0, 5, …, 100. */
  readonly samples: Readonly<Record<string, string>>;
  /** After how long it is looked at, such as `12m`. */
  readonly at: string;
  /** What fires then; none: silence. */
  readonly fires: readonly Firing[];
}

export interface Firing {
  /** Beside `severity`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Only where the description holds labels or the value. */
  readonly description?: string;
}

export const SAMPLE_INTERVAL = '30s';
const RUNBOOKS = 'https://example.com/runbooks';
/** Under these settings the rules of the scenarios are written. */
export const SCENARIO_SETTINGS = { runbooks: RUNBOOKS };

/** The test file of promtool. */
export function promtoolTest(ruleFile: string, scenarios: readonly Scenario[]): object {
  return {
    rule_files: [ruleFile],
    // Without it the groups run beside each other, and an alert may see what was recorded before or after.
    group_eval_order: ruleGroups(SCENARIO_SETTINGS).map(({ name }) => name),
    evaluation_interval: SAMPLE_INTERVAL,
    tests: scenarios.map(({ alert, given, samples, at, fires }) => ({
      name: `${alert}: ${given}`,
      interval: SAMPLE_INTERVAL,
      input_series: Object.entries(samples).map(([series, values]) => ({ series, values })),
      alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: fires.map((firing) => expected(ruleOf(alert), firing)) }],
    })),
  };
}

function ruleOf(name: string): AlertRule {
  const alert = ALERTS.find((one) => one.name === name);
  if (!alert) throw new Error(`there is no alert ${name}`);
  return alertRule(alert, RUNBOOKS);
}

function expected({ labels, annotations }: AlertRule, firing: Firing): object {
  return {
    exp_labels: { ...labels, ...firing.labels },
    exp_annotations: {
      ...annotations,
      summary: firing.summary,
      ...(firing.description !== undefined && { description: firing.description }),
    },
  };
}
