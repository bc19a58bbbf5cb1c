/**
 * Appends that fare exactly as the log's contract allows: the records of each partition go in one or more parts, in order. A part whose
 * fate is unknown ends them: it may arrive later, once, or never, and nothing behind it ever does. Partitions fare apart.
 */
import { AppendFailed, type Log, type NewRecord } from '#platform/log/log.ts';
import { checkSizes } from '#platform/log/record-size.ts';
import { SHARES, UNANSWERED, type Wait } from './call.ts';
import type { SimulatedOwner } from './simulated-owner.ts';
import { appendTo, type LogPartition } from './topic.ts';

/** A record of a call, by its index. */
interface Indexed {
  readonly index: number;
  readonly record: NewRecord;
}

/** How often the records of a partition are cut once more. */
const CUT = 0.4;

/** @param suffixes parts arrive in any order, whatever became of those before: what the contract forbids */
export function simulatedAppend(owner: SimulatedOwner, suffixes: boolean): Log['append'] {
  return async (topic, records) => {
    checkSizes(records);
    await new Promise<void>((resolve, reject) => {
      const unknown = new Set(records.keys());
      let isOver = false;
      const wait: Wait = {
        label: () => `an append to ${topic}`,
        ready: () => unknown.size === 0,
        finish: resolve,
        giveUp: () => {
          isOver = true;
          reject(new AppendFailed(unknown, UNANSWERED));
        },
        lost: false,
        share: SHARES.append,
      };
      const lose = () => {
        wait.lost = true;
      };
      const send = (log: LogPartition, parts: readonly (readonly Indexed[])[]): void => {
        const [part, ...later] = parts;
        if (!part || isOver || owner.crashed) return;
        const isLossy = owner.isLossy('append');
        const arrive = () => {
          for (const { record } of part) appendTo(log, record, gapBefore(owner));
          if (isLossy) lose();
          else for (const { index } of part) unknown.delete(index);
          if (!isLossy && !suffixes) send(log, later);
          return isLossy ? ' (no answer)' : '';
        };
        owner.world.send({ sender: owner.name, label: () => labelOf(log, part), arrive, lose }, owner.isSlow('append'));
        if (suffixes) send(log, later);
      };
      for (const [log, part] of byPartition(owner, topic, records)) send(log, cut(owner, part));
      owner.wait(wait);
    });
  };
}

function byPartition({ world }: SimulatedOwner, topic: string, records: readonly NewRecord[]): ReadonlyMap<LogPartition, Indexed[]> {
  const partitions = new Map<LogPartition, Indexed[]>();
  for (const [index, record] of records.entries()) {
    const log = world.topics.home(topic, record.key);
    const known = partitions.get(log);
    if (known) known.push({ index, record });
    else partitions.set(log, [{ index, record }]);
  }
  return partitions;
}

function cut({ world }: SimulatedOwner, records: readonly Indexed[]): Indexed[][] {
  const parts: Indexed[][] = [];
  for (const one of records) {
    const last = parts.at(-1);
    if (last && !world.random.chance(CUT)) last.push(one);
    else parts.push([one]);
  }
  return parts;
}

/** Offsets left out before a record, as for a transaction's markers. */
function gapBefore({ world }: SimulatedOwner): number {
  return world.random.chance(world.odds.gap) ? 1 + world.random.below(3) : 0;
}

function labelOf({ topic, partition }: LogPartition, part: readonly Indexed[]): string {
  const records = part.map(({ record }) => `${record.key} ${record.value}${record.headers ? ` ${JSON.stringify(record.headers)}` : ''}`);
  return `append to ${topic}/${partition}: ${records.join(', ')}`;
}
