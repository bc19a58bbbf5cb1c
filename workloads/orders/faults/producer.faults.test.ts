/**
 * Decision 4, shown: a broker is killed under two streams of records at once. The log's own append loses none of what it
 * acknowledged; a plain kafkajs producer is expected to (tulios/kafkajs#1303), and the report says whether it did.
 */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { freshTopic, readAll, until, valuesOf } from '#platform/log/contract/owning.ts';
import type { Log } from '#platform/log/log.ts';
import { busiestBroker } from '../../../tools/faults/kafka-operator.testing.ts';
import { killNodes } from '../../../tools/faults/kill-nodes.testing.ts';
import { table, writeSection } from '../../../tools/faults/report.testing.ts';
import { type LocalServer, localServerAt } from '../../../tools/servers/local-servers.ts';
import { type Appender, openLog, openPlainProducer, type Stream, startStream } from './producers.testing.ts';

const PARTITIONS = 12;
/** The plain producer loses only what was being sent: more kills, more chances. */
const KILLS_MAX = 3;
const FLOW_MS_MAX = 120_000;
/** Before the kill, and after the broker is back. */
const CALM_MS = 3_000;

interface Row {
  readonly producer: string;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
}

const kills: Row[][] = [];
let kafka: LocalServer;
let brokers: readonly string[];
let log: Log;

beforeAll(() => {
  kafka = localServerAt(inject('kafka'));
  brokers = kafka.endpoints.split(',');
  log = openLog(brokers);
});
afterAll(async () => {
  await log.close();
  const plain = kills.flatMap((rows) => rows.slice(1)).reduce((sum, { lost }) => sum + lost, 0);
  const rows = kills.flatMap((producers, index) =>
    producers.map((one) => [index + 1, one.producer, one.acknowledged, one.lost, one.doubled]),
  );
  writeSection('5-producer', 'The producer’s remedy, and kafkajs without it', [
    'The broker that leads most partitions is killed with kill -9 while each producer appends 40 records a call to 12 partitions; then each topic is read back.',
    '',
    ...table(['kill', 'producer', 'acknowledged', 'lost', 'doubled'], rows),
    '',
    plain > 0
      ? `Without the remedy ${plain} acknowledged records are gone.`
      : `Without the remedy no acknowledged record was lost in ${kills.length} kills: this run did not show kafkajs' loss.`,
  ]);
});

/** Reads the topic back and holds it against what its stream was told. */
async function judge(producer: string, topic: string, { acknowledged }: Stream): Promise<Row> {
  const end = (await log.lag(topic, 'nobody')).reduce((sum, { records }) => sum + records, 0);
  const values = valuesOf(await readAll(log, topic, end));
  const found = new Set(values);
  const lost = acknowledged.filter((value) => !found.has(value)).length;
  return { producer, acknowledged: acknowledged.length, lost, doubled: values.length - found.size };
}

/** Kills a broker under the log and both plain producers, and counts what each lost. */
async function killUnder(): Promise<Row[]> {
  const topics = [await freshTopic(log, PARTITIONS), await freshTopic(log, PARTITIONS), await freshTopic(log, PARTITIONS)] as const;
  const plain: Appender[] = [await openPlainProducer(brokers, topics[1], false), await openPlainProducer(brokers, topics[2], true)];
  const logStream = startStream({ append: (records) => log.append(topics[0], records) });
  const streams = [logStream, ...plain.map(startStream)];
  const flowing = (what: string, from: readonly number[]) =>
    until(what, () => from.every((count, index) => (streams[index]?.acknowledged.length ?? 0) > count), FLOW_MS_MAX);
  try {
    await flowing(
      'records flow',
      streams.map(() => 500),
    );
    await systemClock.sleep(CALM_MS);
    await killNodes([kafka, [await busiestBroker(brokers, topics[1])]]);
    // Only the log has to: a plain idempotent producer was seen to stand still for more than 40 s after a broker was back.
    await flowing('records of the log flow again', [logStream.acknowledged.length + 500]);
    await systemClock.sleep(CALM_MS);
  } finally {
    await Promise.all(streams.map((stream) => stream.end()));
    await Promise.all(plain.map((producer) => producer.close()));
  }
  const names = ['KafkaLog', 'kafkajs', 'kafkajs, idempotent'];
  const rows: Row[] = [];
  for (const [index, stream] of streams.entries()) rows.push(await judge(names[index] ?? '', topics[index] ?? '', stream));
  return rows;
}

it('loses no acknowledged record when a broker dies', async () => {
  for (let kill = 1; kill <= KILLS_MAX; kill++) {
    const rows = await killUnder();
    kills.push(rows);
    expect(rows[0]).toMatchObject({ producer: 'KafkaLog', lost: 0, doubled: 0 });
    if (rows.slice(1).every(({ lost }) => lost > 0)) break;
  }
});
