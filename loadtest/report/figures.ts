/** What a person looks at first, in words. */
import type { Report } from './report.ts';

export interface Figure {
  readonly name: string;
  readonly text: string;
}

/** Metrics of each kind of request (`what:…`) and of the script's own, most telling first. Those that a run lacks are left out. */
export function figuresOf({ metrics, duration_s }: Report): Figure[] {
  const figures: Figure[] = [];
  const add = (name: string, metric: string, text: (values: Readonly<Record<string, number>>) => string) => {
    const values = metrics[metric];
    if (values) figures.push({ name, text: text(values) });
  };
  const count = ({ count = 0 }: Readonly<Record<string, number>>) => number(count);
  add('orders accepted', 'orders_accepted', count);
  add('orders found through the API', 'orders_found', count);
  for (const fate of ['lost', 'doubled', 'unknown', 'refused', 'resent', 'repeated']) add(`orders ${fate}`, `orders_${fate}`, count);
  add('requests not begun, no client was free', 'dropped_iterations', count);
  for (const what of ['orders', 'reads']) {
    add(`${what}: milliseconds to the answer`, `http_req_duration{what:${what}}`, spread);
    add(`${what}: requests that failed`, `http_req_failed{what:${what}}`, ({ rate = 0 }) => share(rate));
  }
  add('viewers: messages', 'live_messages', ({ count: messages = 0 }) => `${number(messages)}, ${number(messages / duration_s)} a second`);
  add('viewers: milliseconds to the snapshot', 'live_snapshot_ms', spread);
  add('viewers: changes missed', 'live_missed', count);
  add('viewers: connections that failed', 'live_failed', ({ rate = 0 }) => share(rate));
  return figures;
}

function spread(values: Readonly<Record<string, number>>): string {
  const one = (statistic: string) => number(values[statistic] ?? 0);
  return `median ${one('med')}, p95 ${one('p(95)')}, p99 ${one('p(99)')}, most ${one('max')}`;
}

function share(rate: number): string {
  return `${number(rate * 100)} %`;
}

/** Three digits or all whole ones. */
function number(value: number): string {
  return String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}
