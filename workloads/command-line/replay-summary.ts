/** What a replay ends with. */
import type { ReplayReport } from '../orders/replay/replay.ts';

export function summaryLines(seed: number, report: ReplayReport, record: string | undefined): string {
  const { orders, repeated, accepted, refused, unknown, retries, duration_ms, reason } = report;
  const seconds = duration_ms / 1_000;
  const sends = accepted + refused + unknown;
  const lines: [string, string][] = [
    ['orders', `${format(orders)} in ${seconds.toFixed(1)} s (${format(Math.round(sends / Math.max(seconds, 0.001)))} sends a second)`],
    ['sent twice', format(repeated)],
    ['accepted', format(accepted)],
    ['refused', format(refused)],
    ['unknown', `${format(unknown)}${unknown > 0 ? ' (nobody answered: they may or may not be counted)' : ''}`],
    ['requests sent again', format(retries)],
    ['seed', String(seed)],
  ];
  if (reason !== undefined) lines.push(['last problem', reason]);
  if (record !== undefined) lines.push(['recorded in', record]);
  return `${lines.map(([name, value]) => `${name.padEnd(20)} ${value}`).join('\n')}\n`;
}

function format(count: number): string {
  return count.toLocaleString('en-US');
}
