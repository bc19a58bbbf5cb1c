/**
 * Requests to the leader of some partitions: batches that arrive together share one. The broker takes each partition's
 * batch by itself and answers for each, so it is as if each had been sent alone; only the request is paid for once.
 */
import type { Clock } from '#platform/clock/clock.ts';
import { type PartitionBatch, partitionName } from './kafka-cluster.ts';

export interface Leader {
  /**
   * Resolves with the error code that the broker answers for the partition. Rejects where the request fails or one before it
   * does, or where it was not sent before `deadline_ms` on the monotonic clock. A partition has one batch under way at a time.
   */
  produce(batch: PartitionBatch, deadline_ms: number): Promise<number>;
}

/** Sends one request; resolves with the error code of each partition, by `partitionName`. */
export type SendRequest = (batches: readonly PartitionBatch[]) => Promise<ReadonlyMap<string, number>>;

interface Waiting {
  readonly batch: PartitionBatch;
  readonly deadline_ms: number;
  readonly answered: PromiseWithResolvers<number>;
}

/** A broker reads a connection's next request when it has answered the last: more requests under way would only be smaller ones. */
const REQUESTS_MAX = 2;
/** A broker refuses requests of 100 MiB; far smaller ones cost no more for a record. */
const REQUEST_BYTES_MAX = 8 * 1024 * 1024;

export function leader(clock: Clock, send: SendRequest): Leader {
  const waiting: Waiting[] = [];
  let underWay = 0;
  let scheduled = false;

  /** After this turn of the event loop: whatever it still brings goes along. */
  function schedule(): void {
    if (scheduled || underWay >= REQUESTS_MAX || waiting.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      const batches = take();
      if (batches.length > 0) void request(batches);
      schedule();
    });
  }

  /** What goes into the next request: at least one batch, if one waits that is not late. */
  function take(): readonly Waiting[] {
    const taken: Waiting[] = [];
    let bytes = 0;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      bytes += next.batch.batch.length;
      if (taken.length > 0 && bytes > REQUEST_BYTES_MAX) break;
      waiting.shift();
      if (next.deadline_ms > clock.monotonic_ms()) taken.push(next);
      else next.answered.reject(new Error('Kafka did not answer earlier requests in time'));
    }
    return taken;
  }

  async function request(sent: readonly Waiting[]): Promise<void> {
    underWay += 1;
    try {
      const codes = await send(sent.map(({ batch }) => batch));
      for (const { batch, answered } of sent) {
        const code = codes.get(partitionName(batch.topic, batch.partition));
        if (code === undefined) answered.reject(new Error(`Kafka did not answer for partition ${batch.partition} of ${batch.topic}`));
        else answered.resolve(code);
      }
    } catch (error) {
      // Those that wait were not sent, and may have another leader by now.
      for (const { answered } of [...sent, ...waiting.splice(0)]) answered.reject(error);
    } finally {
      underWay -= 1;
      schedule();
    }
  }

  return {
    produce(batch, deadline_ms) {
      const answered = Promise.withResolvers<number>();
      waiting.push({ batch, deadline_ms, answered });
      schedule();
      return answered.promise;
    },
  };
}
