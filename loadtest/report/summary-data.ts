/** What k6 hands to handleSummary, as far as it is used. */

export interface SummaryMetric {
  readonly type: 'counter' | 'gauge' | 'rate' | 'trend';
  readonly contains: string;
  /** By statistic: `count`, `rate`, `p(95)`, … Times are milliseconds. */
  readonly values: Readonly<Record<string, number>>;
  /** By expression. */
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

export interface SummaryData {
  readonly metrics: Readonly<Record<string, SummaryMetric>>;
  readonly state: { readonly testRunDurationMs: number };
  readonly setup_data?: unknown;
}
