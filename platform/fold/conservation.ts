/**
 * The audit of what folds send each other: along every edge of the graph of topics, what was sent is heard, rejected, or still in
 * transit. `sent` counts with the sender's commit and `heard` with the receiver's, so both are exact.
 */
import type { Log } from '#platform/log/log.ts';
import type { Tables } from '#platform/tables/tables.ts';
import { EDGES, type EdgeCount, edgeCounts } from './edges.ts';
import { delayTopic } from './emissions.ts';

/** What the audit needs to know of a fold. */
export interface AuditedFold {
  readonly name: string;
  readonly topic: string;
  readonly group: string;
  readonly emits?: readonly string[];
  readonly delays?: Readonly<Record<string, unknown>>;
  readonly shards: number;
}

/** An edge: what one fold sent to a topic, and what one reader of the topic made of it. */
export interface EdgeAudit {
  readonly from: string;
  /** The topic; of a delay, the topic in which its records wait. */
  readonly topic: string;
  /** The fold that reads the topic, or to which the delay brings its records back. */
  readonly to: string;
  readonly sent: number;
  readonly heard: number;
  readonly rejected: number;
  /** sent - heard - rejected. Never negative, or something was folded twice. */
  readonly inTransit: number;
  /** Nothing was under way while the audit read: what is still in transit is lost. */
  readonly isSettled: boolean;
}

/** One entry for every edge among these folds. Rejects where the log or the tables do not answer. */
export async function auditEdges(
  { log, tables }: { readonly log: Pick<Log, 'lag'>; readonly tables: Pick<Tables, 'readShard'> },
  folds: readonly AuditedFold[],
): Promise<readonly EdgeAudit[]> {
  const before = await countsOf(tables, folds);
  // A fold stores its group's offset when its emissions are durable; then the next topic's end is where they are. Topics are looked at one
  // after the other. So there are two looks: where the ends are the same in both, everything was taken at the instant between them.
  const ends = await endsIfIdle(log, folds);
  const isIdle = ends !== undefined && ends === (await endsIfIdle(log, folds));
  // Readers first: what they have heard was sent before, so that nothing seems to be heard twice.
  const heard = await countsOf(tables, folds);
  const sent = await countsOf(tables, folds);
  const isSettled = isIdle && JSON.stringify([...before]) === JSON.stringify([...sent]);
  return folds.flatMap((from) =>
    edgesOf(from, folds).map(({ topic, to, source }) => {
      const figures = {
        sent: recordsOf(sent, from.name, 'sent', topic),
        heard: recordsOf(heard, to.name, 'heard', source),
        rejected: recordsOf(heard, to.name, 'rejected', source),
      };
      return { from: from.name, topic, to: to.name, ...figures, inTransit: figures.sent - figures.heard - figures.rejected, isSettled };
    }),
  );
}

function edgesOf(from: AuditedFold, folds: readonly AuditedFold[]): { topic: string; to: AuditedFold; source: string }[] {
  const direct = (from.emits ?? []).flatMap((topic) =>
    folds.filter((fold) => fold.topic === topic).map((to) => ({ topic, to, source: from.name })),
  );
  const delayed = Object.keys(from.delays ?? {}).map((delay) => ({
    topic: delayTopic(from.name, delay),
    to: from,
    source: `${from.name}>${delay}`,
  }));
  return [...direct, ...delayed];
}

/** The ends of all topics, as text; undefined where a group has not taken everything. */
async function endsIfIdle(log: Pick<Log, 'lag'>, folds: readonly AuditedFold[]): Promise<string | undefined> {
  const ends: number[][] = [];
  for (const { topic, group, name, delays } of folds) {
    const delayTopics = Object.keys(delays ?? {}).map((delay) => delayTopic(name, delay));
    for (const [read, by] of [[topic, group], ...delayTopics.map((one) => [one, one])] as const) {
      const lags = await log.lag(read as string, by as string);
      if (lags.some(({ records }) => records > 0)) return undefined;
      ends.push(lags.map(({ endOffset }) => endOffset));
    }
  }
  return JSON.stringify(ends);
}

type Counts = ReadonlyMap<string, readonly EdgeCount[]>;

async function countsOf(tables: Pick<Tables, 'readShard'>, folds: readonly AuditedFold[]): Promise<Counts> {
  const counts = new Map<string, EdgeCount[]>();
  for (const { name, shards } of folds) {
    const states = await Promise.all(
      Array.from({ length: shards }, (_, shard) => tables.readShard({ fold: name, shard }, [EDGES], 'serial')),
    );
    counts.set(
      name,
      states.flatMap(({ totals }) => edgeCounts(totals)),
    );
  }
  return counts;
}

function recordsOf(counts: Counts, fold: string, kind: EdgeCount['kind'], other: string): number {
  return (counts.get(fold) ?? [])
    .filter((count) => count.kind === kind && count.other === other)
    .reduce((sum, { records }) => sum + records, 0);
}
