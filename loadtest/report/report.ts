/** The end of a run: a report as text or JSON on standard output, and as files where `REPORT` names them. */
import { type Environment, Variables } from '../variables.ts';
import { htmlOf } from './html.ts';
import type { SummaryData, SummaryMetric } from './summary-data.ts';
import { textOf } from './text.ts';

/** One threshold, and whether it was kept. */
export interface Verdict {
  readonly metric: string;
  readonly threshold: string;
  readonly ok: boolean;
}

/** What a run came to. The same in every form that it is written in. */
export interface Report {
  readonly script: string;
  readonly profile: string;
  /** The beginning of its users' ids; undefined for a run that sends no orders. */
  readonly run: string | undefined;
  readonly seed: number | undefined;
  readonly passed: boolean;
  readonly duration_s: number;
  readonly verdicts: readonly Verdict[];
  /** Values by metric: statistic → value; times are milliseconds. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** k6's handleSummary for a script. @throws Error where `REPORT` or `SUMMARY` is wrong */
export function reporter(script: string, profile: string, environment: Environment) {
  const variables = new Variables(environment);
  const path = variables.text('REPORT', '');
  const form = variables.choice('SUMMARY', 'text', ['text', 'json']);
  variables.mustBeRight();
  return (data: SummaryData): Record<string, string> => {
    const report = reportOf(script, profile, data);
    return {
      stdout: form === 'json' ? `${JSON.stringify(report)}\n` : textOf(report),
      ...(path === '' ? {} : { [`${path}.json`]: `${JSON.stringify(report, null, 2)}\n`, [`${path}.html`]: htmlOf(report) }),
    };
  };
}

export function reportOf(script: string, profile: string, { metrics, state, setup_data }: SummaryData): Report {
  const names = Object.keys(metrics).sort();
  const verdicts = names.flatMap((metric) => verdictsOf(metric, metrics[metric]));
  const run = setup_data as { readonly name?: string; readonly seed?: number } | undefined;
  return {
    script,
    profile,
    run: run?.name,
    seed: run?.seed,
    passed: verdicts.every(({ ok }) => ok),
    duration_s: state.testRunDurationMs / 1_000,
    verdicts,
    metrics: Object.fromEntries(names.map((name) => [name, metrics[name]?.values ?? {}])),
  };
}

function verdictsOf(metric: string, { thresholds = {} }: Pick<SummaryMetric, 'thresholds'> = {}): Verdict[] {
  return Object.entries(thresholds).map(([threshold, { ok }]) => ({ metric, threshold, ok }));
}
