/** A topic from its beginning to its end. */
import { randomUUID } from 'node:crypto';
import { untilAborted } from '#platform/clock/until-aborted.ts';
import type { Log, LogRecord, OwnedPartition } from '#platform/log/log.ts';

/** Every record of a topic, each partition's in order, up to where it ends now. */
export async function readTopic(log: Log, topic: string): Promise<readonly LogRecord[]> {
  const group = `reader-${randomUUID()}`;
  const partitions = (await log.lag(topic, group)).length;
  const read = new Map<number, readonly LogRecord[]>();
  const done = Promise.withResolvers<void>();
  const running = await log.consume({
    topic,
    group,
    async own(partition) {
      try {
        const records = await readPartition(partition);
        if (records) read.set(partition.partition, records);
        if (read.size === partitions) done.resolve();
      } catch (error) {
        if (!partition.signal.aborted) done.reject(error);
      }
      await untilAborted(partition.signal);
    },
  });
  try {
    await done.promise;
  } finally {
    await running.stop();
  }
  return [...read].toSorted(([one], [other]) => one - other).flatMap(([, records]) => records);
}

/** Undefined where the partition was taken away meanwhile. */
async function readPartition(partition: OwnedPartition): Promise<readonly LogRecord[] | undefined> {
  const { earliest, end } = await partition.bounds();
  const records: LogRecord[] = [];
  partition.seek(earliest);
  for (let position = earliest; position < end; position = (records.at(-1)?.offset ?? position) + 1) {
    records.push(...(await partition.read({ limit: 5_000, linger_ms: 0 })));
    if (partition.signal.aborted) return undefined;
  }
  return records;
}
