/** The figures of an overload as Markdown. */
import { number, quantileOf } from '../../../tools/bench/figures.ts';
import { table } from '../../../tools/faults/report.testing.ts';
import type { Answered } from './crowd.testing.ts';

export interface Overload {
  /** Orders a second that were accepted while clients pressed: what Kafka takes. */
  readonly capacity: number;
  /** How long twice as much was sent. */
  readonly flood_ms: number;
  readonly batches: readonly Answered[];
  readonly singles: readonly Answered[];
  /** Resident memory of ingest meanwhile. */
  readonly samples_mb: readonly number[];
  /** From the end of Kafka's slowness until an order was taken. */
  readonly recovered_ms: number;
}

export function accepted(answers: readonly Answered[]): number {
  return answers.reduce((sum, one) => sum + one.accepted, 0);
}

export function overloadLines({ capacity, flood_ms, batches, singles, samples_mb, recovered_ms }: Overload): string[] {
  const answers = [...batches, ...singles];
  const figures: [string, string | number][] = [
    ['Kafka takes (orders/s)', number(capacity)],
    ['sent (orders/s)', number(2 * capacity)],
    ['accepted (orders/s)', number(accepted(answers) / (flood_ms / 1_000))],
    ['requests without an answer', answers.filter(({ status }) => status === 0).length],
    ['memory at the start (MB)', number(samples_mb[0] ?? 0)],
    ['memory, mean of each third (MB)', thirdsOf(samples_mb).map(mean).join(', ')],
    ['memory at its highest (MB)', number(Math.max(...samples_mb))],
    ['seconds until an order was taken once Kafka ran', number(recovered_ms / 1_000, 1)],
  ];
  const of = (all: readonly Answered[], problem: string) => all.filter((one) => one.problem === problem);
  const latencies = [
    latencyRow(
      'every 503',
      answers.filter(({ status }) => status === 503),
    ),
    ...[
      { kind: 'batch', all: batches },
      { kind: 'single', all: singles },
    ].flatMap(({ kind, all }) => [
      latencyRow(`${kind}: accepted`, of(all, '')),
      latencyRow(`${kind}: 503, too busy`, of(all, 'overloaded')),
      latencyRow(`${kind}: 503, Kafka did not confirm`, of(all, 'unavailable')),
    ]),
  ];
  return [...table(['figure', 'value'], figures), '', ...table(['answers', 'number', 'p50 (ms)', 'p99 (ms)', 'longest (ms)'], latencies)];
}

/** How many there were, and how long they took. */
function latencyRow(what: string, answers: readonly Answered[]): (string | number)[] {
  const latencies_ms = answers.map(({ latency_ms }) => latency_ms);
  const quantile = (q: number) => (answers.length === 0 ? '' : number(quantileOf(latencies_ms, q)));
  return [what, answers.length, quantile(0.5), quantile(0.99), quantile(1)];
}

function thirdsOf(values: readonly number[]): (readonly number[])[] {
  const third = Math.ceil(values.length / 3);
  return [0, 1, 2].map((nth) => values.slice(nth * third, (nth + 1) * third));
}

function mean(values: readonly number[]): string {
  return number(values.reduce((sum, value) => sum + value, 0) / values.length);
}
