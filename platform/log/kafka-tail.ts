/** Following a Kafka topic: a group of one member that never commits. */
import { randomUUID } from 'node:crypto';
import type { KafkaAdmin } from './kafka-admin.ts';
import { type KafkaContext, messageOf } from './kafka-client.ts';
import { consumeKafka } from './kafka-consume.ts';
import type { LogRecord, Running } from './log.ts';

const ENDS_RETRY_MS = 1_000;
const READ_RECORDS_MAX = 1_000;

/**
 * Resolves when the ends of all partitions are known, from which on every record is handed; waits for a Kafka that does
 * not answer. Kafka forgets the group by itself. Its name begins with `<client id>-tail-`: access rules need the prefix.
 * @throws Error when `signal` is aborted before
 */
export async function tailKafka(
  context: KafkaContext,
  admin: KafkaAdmin,
  topic: string,
  handle: (records: readonly LogRecord[]) => void,
  signal: AbortSignal,
): Promise<Running> {
  const positions = await endOffsets(context, admin, topic, signal);
  return consumeKafka(context, admin, {
    topic,
    group: `${context.settings.clientId}-tail-${randomUUID()}`,
    async own(owned) {
      owned.seek(positions.get(owned.partition) ?? 0);
      while (!owned.signal.aborted) {
        const records = await owned.read({ limit: READ_RECORDS_MAX, linger_ms: 0 });
        const last = records.at(-1);
        if (last === undefined) continue;
        positions.set(owned.partition, last.offset + 1);
        handle(records);
      }
    },
  });
}

async function endOffsets(context: KafkaContext, admin: KafkaAdmin, topic: string, signal: AbortSignal): Promise<Map<number, number>> {
  while (!signal.aborted) {
    try {
      const bounds = await admin.bounds(topic);
      if (signal.aborted) break;
      return new Map([...bounds].map(([partition, { end }]) => [partition, end]));
    } catch (error) {
      context.logger.warn({ topic, error: messageOf(error) }, 'asking for the end of a topic again');
      await context.clock.sleep(ENDS_RETRY_MS, signal);
    }
  }
  throw new Error('the log is closed');
}
