/** What the rival's process is told, and what it tells. */
import { z } from 'zod';

export const optionsSchema = z.object({
  brokers: z.array(z.string()),
  contactPoints: z.array(z.string()),
  localDataCenter: z.string(),
  keyspace: z.string(),
  topic: z.string(),
  group: z.string(),
  partitions: z.number(),
  /** Orders in the topic; it ends when it has handled them, or after `duration_ms`. */
  orders: z.number(),
  duration_ms: z.number(),
  /** Orders written at a time, three writes each. */
  concurrency: z.number(),
  /** The share of what it read that it is given again. */
  redelivered: z.number(),
});
export type SeedOptions = z.infer<typeof optionsSchema>;

export interface SeedReport {
  readonly orders: number;
  /** From the first batch to the last acknowledged write. */
  readonly duration_ms: number;
  readonly cpu_us: number;
  /** Writes to the busiest partition of any table. */
  readonly busiestWrites: number;
  /** How far the segment counters are from the orders handled, after the redelivery. */
  readonly drift: number;
}
