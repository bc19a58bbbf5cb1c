/** What a PromQL expression asks for, as Prometheus' own grammar reads it. */
import { parser } from '@prometheus-io/lezer-promql';

export interface Selected {
  readonly metric: string;
  /** The labels that the selector matches by. */
  readonly labels: readonly string[];
}

/** @throws Error when the expression is not PromQL */
export function selectedBy(expr: string): readonly Selected[] {
  const selected: { metric: string; labels: string[] }[] = [];
  parser.parse(expr).iterate({
    enter({ type, from, to, node }) {
      if (type.isError) throw new Error(`not PromQL at ${from}: ${expr}`);
      const text = expr.slice(from, to);
      if (type.name === 'VectorSelector') selected.push({ metric: '', labels: [] });
      const last = selected.at(-1);
      if (!last) return;
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') last.metric = text;
      if (type.name === 'LabelName' && node.parent?.name === 'UnquotedLabelMatcher') last.labels.push(text);
    },
  });
  return selected;
}

/** An expression of a dashboard with Grafana's variables filled in. */
export function filledIn(expr: string): string {
  return expr.replaceAll('$namespace', 'kaiseki');
}
