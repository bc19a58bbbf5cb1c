/** Removes what topics need not keep: records past their retention, and superseded ones of compacted topics. */
import type { DatabaseSync } from 'node:sqlite';

/** Batches removed by one call: the writer is not held up for long, and what was appended meanwhile comes first. */
const BATCHES_MAX = 1_000;
/** How long a superseded record stays, in milliseconds: a tail that is this far behind still sees every record. */
const SUPERSEDED_KEPT_MS = 60_000;

/** Removes some of it, within the caller's transaction. Returns whether there may be more. */
export function cleanUp(database: DatabaseSync, now_ms: number): boolean {
  const superseded = removeSuperseded(database, now_ms - SUPERSEDED_KEPT_MS);
  const expired = removeExpired(database, now_ms);
  return superseded || expired;
}

function removeSuperseded(database: DatabaseSync, before_ms: number): boolean {
  const removed = database
    .prepare(`
      DELETE FROM batches WHERE batch_id IN (SELECT batch_id FROM batches WHERE superseded_ms < ? ORDER BY superseded_ms LIMIT ?)
      RETURNING topic_id, partition`)
    .all(before_ms, BATCHES_MAX);
  const partitions = new Map(removed.map((row) => [`${row.topic_id}/${row.partition}`, row]));
  for (const { topic_id, partition } of partitions.values()) moveEarliest(database, Number(topic_id), Number(partition));
  return removed.length === BATCHES_MAX;
}

/** Only from a partition's beginning: a batch stays while an older one must. */
function removeExpired(database: DatabaseSync, now_ms: number): boolean {
  const partitions = database
    .prepare(`
      SELECT topic_id, partition, retention_ms FROM topics JOIN partitions USING (topic_id)
      WHERE cleanup = 'delete' AND retention_ms >= 0`)
    .all();
  const oldest = database.prepare(`
    SELECT batch_id, timestamp_ms_max FROM batches WHERE topic_id = ? AND partition = ? ORDER BY base_offset LIMIT ?`);
  const remove = database.prepare('DELETE FROM batches WHERE batch_id = ?');
  let left = BATCHES_MAX;
  for (const { topic_id, partition, retention_ms } of partitions) {
    if (left === 0) break;
    const before = left;
    for (const batch of oldest.all(Number(topic_id), Number(partition), left)) {
      if (Number(batch.timestamp_ms_max) >= now_ms - Number(retention_ms)) break;
      remove.run(Number(batch.batch_id));
      left -= 1;
    }
    if (left < before) moveEarliest(database, Number(topic_id), Number(partition));
  }
  return left === 0;
}

function moveEarliest(database: DatabaseSync, topicId: number, partition: number): void {
  database
    .prepare(`
      UPDATE partitions SET earliest_offset = coalesce(
        (SELECT min(base_offset) FROM batches WHERE batches.topic_id = partitions.topic_id AND batches.partition = partitions.partition),
        end_offset)
      WHERE topic_id = ? AND partition = ?`)
    .run(topicId, partition);
}
