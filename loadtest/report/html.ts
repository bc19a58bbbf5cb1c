/** A report as one HTML file that needs nothing else. */
import { figuresOf } from './figures.ts';
import type { Report } from './report.ts';

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
  table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem }
  th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #ddd; vertical-align: top }
  td.value { text-align: right; font-variant-numeric: tabular-nums }
  .kept { color: #00664b } .broken { color: #b33900; font-weight: bold }
`;

export function htmlOf(report: Report): string {
  const { script, profile, run, seed, passed, duration_s, verdicts, metrics } = report;
  const title = `${script}, ${profile}: ${passed ? 'passed' : 'failed'}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<h1 class="${verdictClass(passed)}">${escaped(title)}</h1>
<p>${duration_s.toFixed(1)} s${run === undefined ? '' : `, users ${escaped(run)}-…, seed ${seed}`}</p>
<table>${rows(figuresOf(report).map(({ name, text }) => [name, text]))}</table>
<h2>Thresholds</h2>
<table>
${verdicts
  .map(
    ({ metric, threshold, ok }) =>
      `<tr><td class="${verdictClass(ok)}">${ok ? 'kept' : 'broken'}<td>${escaped(metric)}<td>${escaped(threshold)}</tr>`,
  )
  .join('\n')}
</table>
<h2>Metrics</h2>
<p>Times are milliseconds.</p>
<table>${rows(Object.entries(metrics).map(([name, values]) => [name, valuesText(values)]))}</table>
</html>
`;
}

function rows(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, text]) => `<tr><th scope="row">${escaped(name)}<td class="value">${escaped(text)}</tr>`).join('\n');
}

function valuesText(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([statistic, value]) => `${statistic} ${Number(value.toPrecision(6))}`)
    .join(', ');
}

function verdictClass(ok: boolean): string {
  return ok ? 'kept' : 'broken';
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
