/** Records that retention removed before anybody took them. */
import type { LogRecord, OwnedPartition } from '#platform/log/log.ts';
import { FoldAlarm } from './outcome.ts';

/**
 * Holds that records follow `position`. Offsets may jump over a transaction's markers; where retention removed what is between, it is lost.
 * @throws FoldAlarm
 */
export async function mustFollow(partition: OwnedPartition, records: readonly LogRecord[], position: number): Promise<void> {
  const index = records.findIndex(({ offset }, nth) => offset !== position + nth);
  if (index === -1) return;
  const { earliest } = await partition.bounds();
  if (earliest > position + index) throw recordsLost(`${partition.topic}/${partition.partition}`, position + index, earliest);
}

export function recordsLost(where: string, position: number, earliest: number): FoldAlarm {
  return new FoldAlarm(
    'records_lost',
    `${where} now begins at offset ${earliest}, but the next record to be taken is ${position}: retention removed records that were never taken. Restore them, or start a new generation.`,
  );
}
