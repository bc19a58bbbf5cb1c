/**
 * The rival, written well: for each order one insert and two counter updates, prepared, at once, so many orders at a time
 * over all partitions; offsets are committed for what is written. Runs as a process of its own, for a time or until it has
 * read everything, then takes the last part of what it read again, as it would after a crash, and says what it counted.
 */
import { Client, types } from 'cassandra-driver';
import { type EachBatchPayload, Kafka, logLevel } from 'kafkajs';
import { z } from 'zod';
import { systemClock as clock } from '#platform/clock/clock.ts';
import { Gate } from './gate.ts';
import { optionsSchema, type SeedReport } from './seed-report.ts';

const options = optionsSchema.parse(JSON.parse(process.argv[2] ?? ''));
const orderSchema = z.object({ user_id: z.string(), timestamp: z.string(), menu_type: z.enum(['washoku', 'yoshoku']) });
type SeedOrder = z.infer<typeof orderSchema>;

const cassandra = new Client({
  contactPoints: options.contactPoints,
  localDataCenter: options.localDataCenter,
  keyspace: options.keyspace,
  queryOptions: { prepare: true, consistency: types.consistencies.localQuorum },
});
await cassandra.connect();
const gate = new Gate(options.concurrency);

/** Writes to each partition of each table; the busiest one is what a cluster cannot spread. */
const writes = new Map<string, number>();
/** What was handled at least once, by segment: the truth that the counters are held against. */
const handled = { washoku: 0, yoshoku: 0 };

async function write(order: SeedOrder): Promise<void> {
  const { user_id, timestamp, menu_type } = order;
  for (const partition of [`user/${user_id}`, `segment/${menu_type}`]) writes.set(partition, (writes.get(partition) ?? 0) + 1);
  await Promise.all([
    cassandra.execute('INSERT INTO raw_orders (user_id, ts, menu_type) VALUES (?, ?, ?)', [user_id, new Date(timestamp), menu_type]),
    cassandra.execute(`UPDATE user_cuisine_counts SET ${menu_type}_cnt = ${menu_type}_cnt + 1 WHERE user_id = ?`, [user_id]),
    cassandra.execute('UPDATE cuisine_segment_counts SET cnt = cnt + 1 WHERE segment = ?', [menu_type]),
  ]);
}

/** The values of each partition that were handled, in order: what a redelivery brings again. */
const read = new Map<number, SeedOrder[]>();
let orders = 0;
let started_ms: number | undefined;
let spentBefore = process.cpuUsage();
const over = Promise.withResolvers<void>();

function say(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function handle({ batch, heartbeat, resolveOffset, commitOffsetsIfNecessary, isRunning }: EachBatchPayload): Promise<void> {
  if (started_ms === undefined) {
    say({ msg: 'started' });
    started_ms = clock.monotonic_ms();
    spentBefore = process.cpuUsage();
  }
  const kept = read.get(batch.partition) ?? [];
  read.set(batch.partition, kept);
  for (let start = 0; start < batch.messages.length && isRunning(); start += options.concurrency) {
    if (clock.monotonic_ms() - started_ms > options.duration_ms) return over.resolve();
    const some = batch.messages.slice(start, start + options.concurrency);
    const parsed = some.map(({ value }) => orderSchema.parse(JSON.parse(String(value))));
    await Promise.all(parsed.map((order) => gate.run(() => write(order))));
    for (const order of parsed) {
      kept.push(order);
      handled[order.menu_type]++;
      orders++;
    }
    resolveOffset(some.at(-1)?.offset ?? batch.lastOffset());
    await heartbeat();
    await commitOffsetsIfNecessary();
    if (orders >= options.orders) return over.resolve();
  }
}

const kafka = new Kafka({ brokers: options.brokers, clientId: 'seed', logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: options.group });
await consumer.connect();
await consumer.subscribe({ topic: options.topic, fromBeginning: true });
await consumer.run({ partitionsConsumedConcurrently: options.partitions, autoCommitInterval: 1_000, eachBatch: handle });
await over.promise;
const duration_ms = clock.monotonic_ms() - (started_ms ?? 0);
const inTime = orders;
const spent = process.cpuUsage(spentBefore);
say({ msg: 'measured' });
const busiest = [...writes.values()].reduce((most, count) => Math.max(most, count), 0);
await consumer.disconnect();

// A crash before the offset is committed: what was written since is delivered again.
const again = [...read.values()].flatMap((kept) => kept.slice(Math.floor(kept.length * (1 - options.redelivered))));
await Promise.all(again.map((order) => gate.run(() => write(order))));
const counters = await cassandra.execute('SELECT segment, cnt FROM cuisine_segment_counts');
const counted = Object.fromEntries(counters.rows.map((row) => [String(row.segment), Number(row.cnt)]));
await cassandra.shutdown();

const report: SeedReport = {
  orders: inTime,
  duration_ms,
  cpu_us: spent.user + spent.system,
  busiestWrites: busiest,
  drift: Math.abs((counted.washoku ?? 0) - handled.washoku) + Math.abs((counted.yoshoku ?? 0) - handled.yoshoku),
};
say({ msg: 'report', report });
