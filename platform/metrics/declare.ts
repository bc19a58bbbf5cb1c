/** Declares metrics in one registry and remembers what each of them means, for docs/reference/metrics.md. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** One metric as its reader needs it. */
export interface MetricDescription {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
}

/** A registry of its own: several of them live in one process without knowing of each other. */
export class Declarations {
  readonly registry = new Registry();
  readonly #descriptions: MetricDescription[] = [];

  /** Every metric declared so far, by name. */
  get descriptions(): readonly MetricDescription[] {
    return this.#descriptions.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  counter<const L extends string>(name: `kaiseki_${string}_total`, labels: readonly L[], help: string): Counter<L> {
    this.#descriptions.push({ name, type: 'counter', labels, help });
    return new Counter({ name, help, labelNames: labels, registers: [this.registry] });
  }

  gauge<const L extends string>(name: `kaiseki_${string}`, labels: readonly L[], help: string): Gauge<L> {
    this.#descriptions.push({ name, type: 'gauge', labels, help });
    return new Gauge({ name, help, labelNames: labels, registers: [this.registry] });
  }

  /** @param buckets upper bounds in the metric's unit, ascending */
  histogram<const L extends string>(
    name: `kaiseki_${string}`,
    labels: readonly L[],
    buckets: readonly number[],
    help: string,
  ): Histogram<L> {
    this.#descriptions.push({ name, type: 'histogram', labels, help });
    return new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers: [this.registry] });
  }
}

/** Upper bounds for durations from a fast local call to a stuck one, in seconds. */
export const DURATION_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
