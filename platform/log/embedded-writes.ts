/** Everything that the embedded log writes: runs in the writer's thread, each call within the transaction of its turn. */
import type { DatabaseSync } from 'node:sqlite';
import { isHeld } from '#platform/sqlite/process-lock.ts';
import { cleanUp } from './embedded-clean-up.ts';
import type { EncodedBatch, GroupOf, LogReply, LogWrite } from './embedded-schema.ts';

const DONE: LogReply = { kind: 'done' };

/** Answers writes. `directory` is where processes prove that they live. */
export function logWrites(database: DatabaseSync, directory: string): (write: LogWrite) => LogReply {
  const extend = database.prepare(
    'UPDATE partitions SET end_offset = end_offset + ? WHERE topic_id = ? AND partition = ? RETURNING end_offset',
  );
  const insert = database.prepare(`
    INSERT INTO batches (topic_id, partition, base_offset, record_count, timestamp_ms_max, key, records) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const supersede = database.prepare(`
    UPDATE batches SET superseded_ms = ?
    WHERE topic_id = ? AND partition = ? AND key = ? AND superseded_ms IS NULL`);
  const commit = database.prepare(`
    INSERT INTO group_offsets (topic_id, group_name, partition, next_offset) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset`);
  const rewind = database.prepare(`
    INSERT INTO group_offsets (topic_id, group_name, partition, next_offset)
    SELECT topic_id, ?, partition, ? FROM partitions WHERE topic_id = ?
    ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset`);
  const findOwner = database.prepare('SELECT token, pid FROM group_owners WHERE topic_id = ? AND group_name = ?');
  const join = database.prepare(`
    INSERT INTO group_owners (topic_id, group_name, token, pid) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET token = excluded.token, pid = excluded.pid`);
  const leave = database.prepare('DELETE FROM group_owners WHERE topic_id = ? AND group_name = ? AND token = ?');
  const insertTopic = database.prepare(
    'INSERT INTO topics (name, cleanup, retention_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING topic_id',
  );
  const insertPartition = database.prepare('INSERT INTO partitions (topic_id, partition, earliest_offset, end_offset) VALUES (?, ?, 0, 0)');
  const countPartitions = database.prepare('SELECT count(*) AS partitions FROM partitions JOIN topics USING (topic_id) WHERE name = ?');

  function append(batch: EncodedBatch, now_ms: number): number {
    const { topicId, partition, count, timestamp_ms_max, key, records } = batch;
    const end = Number(extend.get(count, topicId, partition)?.end_offset);
    if (key !== null) supersede.run(now_ms, topicId, partition, key);
    insert.run(topicId, partition, end - count, count, timestamp_ms_max, key, records);
    return end;
  }

  /** The living process, other than the one that holds `token`, that consumes as the group. */
  function ownerOf({ topicId, group }: GroupOf, token?: string): LogReply | undefined {
    const owner = findOwner.get(topicId, group);
    if (owner === undefined || owner.token === token || !isHeld(directory, String(owner.token))) return undefined;
    return { kind: 'owned', pid: Number(owner.pid) };
  }

  return function write(request: LogWrite): LogReply {
    switch (request.kind) {
      case 'append':
        return { kind: 'appended', endOffsets: request.batches.map((batch) => append(batch, request.now_ms)) };
      case 'commit':
        commit.run(request.group.topicId, request.group.group, request.partition, request.offset);
        return DONE;
      case 'rewind': {
        const owned = ownerOf(request.group);
        if (owned) return owned;
        rewind.run(request.group.group, request.offset, request.group.topicId);
        return DONE;
      }
      case 'join': {
        const owned = ownerOf(request.group, request.token);
        if (owned) return owned;
        join.run(request.group.topicId, request.group.group, request.token, request.pid);
        return DONE;
      }
      case 'leave':
        leave.run(request.group.topicId, request.group.group, request.token);
        return DONE;
      case 'create-topic': {
        const created = insertTopic.get(request.name, request.cleanup, request.retention_ms);
        if (created === undefined)
          return { kind: 'topic', created: false, partitions: Number(countPartitions.get(request.name)?.partitions) };
        for (let partition = 0; partition < request.partitions; partition++) insertPartition.run(created.topic_id ?? null, partition);
        return { kind: 'topic', created: true, partitions: request.partitions };
      }
      case 'clean-up':
        return { kind: 'cleaned', more: cleanUp(database, request.now_ms) };
    }
  };
}
