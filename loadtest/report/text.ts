/** A report for a terminal. */
import { figuresOf } from './figures.ts';
import type { Report } from './report.ts';

export function textOf(report: Report): string {
  const { script, profile, run, seed, passed, duration_s, verdicts } = report;
  const figures = figuresOf(report);
  const width = Math.max(...figures.map(({ name }) => name.length));
  return [
    '',
    `${script}, ${profile}: ${passed ? 'PASSED' : 'FAILED'} after ${duration_s.toFixed(1)} s${run === undefined ? '' : ` (users ${run}-…, seed ${seed})`}`,
    ...figures.map(({ name, text }) => `  ${name.padEnd(width)}  ${text}`),
    ...verdicts.map(({ ok, metric, threshold }) => `  ${ok ? '✓' : '✗'} ${metric}: ${threshold}`),
    '',
    '',
  ].join('\n');
}
