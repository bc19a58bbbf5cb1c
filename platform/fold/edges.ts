/**
 * Conservation: what each shard has sent along every edge of the graph of topics, and what it has heard from there. The figures are
 * totals of a period of their own, so that they change together with next_offset and are exact.
 *
 * An edge leads from a fold to a topic. What is sent along it is heard, or rejected, by every fold that reads the topic, or still in transit.
 */
import type { TotalRow } from '#platform/tables/tables.ts';
import { type Cause, edgeOf } from './cause.ts';
import type { MeasureDefinition, TotalChange } from './definition.ts';

/** The period of these totals. It is never published. */
export const EDGES = 'edges';
const RECORDS = 'records';
export const EDGE_MEASURES: Readonly<Record<string, MeasureDefinition>> = { [RECORDS]: { nonNegative: true } };

/** `sent` to a topic; `heard`, or `rejected` as no event of the fold, from a fold or from a fold's delay (`fold>delay`). */
export type EdgeKind = 'sent' | 'heard' | 'rejected';

export interface EdgeCount {
  readonly kind: EdgeKind;
  /** A topic where it was sent; else where it came from, `fold` or `fold>delay`. */
  readonly other: string;
  readonly records: number;
}

export function sentTo(topic: string): TotalChange {
  return changeOf('sent', topic);
}

export function heardFrom(cause: Cause): TotalChange {
  return changeOf('heard', edgeOf(cause));
}

export function rejectedFrom(cause: Cause): TotalChange {
  return changeOf('rejected', edgeOf(cause));
}

/** The counts that a shard's totals of the period `edges` hold. */
export function edgeCounts(totals: readonly TotalRow[]): EdgeCount[] {
  return totals.flatMap(({ period, name, figures }) => {
    if (period !== EDGES) return [];
    const slash = name.indexOf('/');
    return [{ kind: name.slice(0, slash) as EdgeKind, other: name.slice(slash + 1), records: figures[RECORDS] ?? 0 }];
  });
}

function changeOf(kind: EdgeKind, other: string): TotalChange {
  return { period: EDGES, name: `${kind}/${other}`, figures: { [RECORDS]: 1 } };
}
