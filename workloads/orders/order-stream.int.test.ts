import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { testKafka } from '#platform/log/kafka.testing.ts';
import { testSettings } from '#platform/tables/cassandra.testing.ts';
import { addressOf, runKaiseki, startKaiseki, type TestProcess } from '../processes.testing.ts';
import { newGeneration } from './generation.testing.ts';
import { expectRecount, recountRecord } from './recount.testing.ts';

const ORDERS = 200_000;
const KILLS = 5;
const TIME_ZONE = 'Asia/Tokyo';
const DAY_MS = 86_400_000;

/** Settings of a generation of its own on the real servers. */
function generation(): NodeJS.ProcessEnv {
  const { contactPoints, localDataCenter } = testSettings('unused');
  const { environment, drop } = newGeneration({ brokers: testKafka().brokers, contactPoints, localDataCenter });
  onTestFinished(drop);
  return environment;
}

function start(args: readonly string[], environment: NodeJS.ProcessEnv): TestProcess {
  const running = startKaiseki(args, environment);
  onTestFinished(async () => {
    running.kill('SIGKILL');
    await running.ended();
  });
  return running;
}

/** Kills the counter with kill -9 and starts another one, again and again, until `until` resolves; then leaves one running. */
async function killCounters(environment: NodeJS.ProcessEnv, until: Promise<unknown>): Promise<number> {
  let over = false;
  void until.finally(() => {
    over = true;
  });
  let kills = 0;
  let counter = start(['counter'], environment);
  while (!over || kills < KILLS) {
    await counter.line((line) => line.includes('shard claimed'));
    await systemClock.sleep(2_000);
    if (kills >= KILLS) continue;
    counter.kill('SIGKILL');
    await counter.ended();
    kills++;
    counter = start(['counter'], environment);
  }
  return kills;
}

it(`${ORDERS} orders on real Kafka and Cassandra are counted exactly, though the counter is killed ${KILLS} times`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kaiseki-stream-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const environment = { ...generation(), KAISEKI_TIME_ZONE: TIME_ZONE };
  await runKaiseki(['migrate'], environment);
  await runKaiseki(['topics'], environment);
  const url = await addressOf(start(['ingest', 'summary'], environment));

  const record = join(directory, 'sent.ndjson');
  const stream = [
    '--orders',
    String(ORDERS),
    '--rate',
    '0',
    '--batch',
    '500',
    '--users',
    '20000',
    '--hot',
    '0.2',
    '--duplicates',
    '0.05',
    '--days',
    '3',
    '--until',
    new Date(systemClock.now_ms() - DAY_MS).toISOString(),
    '--seed',
    '20260101',
  ];
  const replaying = runKaiseki(['replay', '--url', url, ...stream, '--record', record, '--json'], environment);
  const [said, kills] = await Promise.all([replaying, killCounters(environment, replaying)]);
  expect(kills).toBe(KILLS);

  const recount = recountRecord(record, TIME_ZONE);
  expect(recount.total, said).toBe(ORDERS);
  await expectRecount(url, recount, 120_000);

  const days = [...recount.days.keys()].sort();
  const daily = await runKaiseki(['daily', '--from', days.at(0) ?? '', '--to', days.at(-1) ?? '', '--json'], environment);
  expect(daily).toContain('"drift":0');
  const answer = await fetch(`${url}/api/summaries?from=${days.at(0)}&to=${days.at(-1)}`);
  const { summaries }: { summaries: { date: string; segment: string; total_count: number }[] } = JSON.parse(await answer.text());
  for (const day of days) {
    const told = summaries
      .filter(({ date, total_count }) => date === day && total_count > 0)
      .map(({ segment, total_count }) => [segment, total_count]);
    expect(Object.fromEntries(told), day).toEqual(Object.fromEntries(recount.days.get(day) ?? []));
  }
});
