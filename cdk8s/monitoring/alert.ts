/** An alert, as Prometheus is to have it. Each has its page in docs/runbooks. */

export interface Alert {
  readonly name: `Kaiseki${string}`;
  readonly expr: string;
  /** For how long it must be true; undefined: at once. */
  readonly for?: string;
  /** critical: somebody is to look now. warning: somebody is to look today. */
  readonly severity: 'critical' | 'warning';
  readonly summary: string;
  readonly description: string;
}

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook_url?: string };
}

/** `lag-growing` of `KaisekiLagGrowing`: the name of its page, without `.md`. */
export function runbookOf(name: string): string {
  return name
    .replace(/^Kaiseki/, '')
    .replaceAll(/(?<!^)[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase();
}

/** @param runbooks the address of docs/runbooks; undefined: the alert has no link */
export function alertRule({ name, expr, severity, summary, description, ...alert }: Alert, runbooks: string | undefined): AlertRule {
  return {
    alert: name,
    expr,
    ...(alert.for !== undefined && { for: alert.for }),
    labels: { severity },
    annotations: { summary, description, ...(runbooks !== undefined && { runbook_url: `${runbooks}/${runbookOf(name)}.md` }) },
  };
}
