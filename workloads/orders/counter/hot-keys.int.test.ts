/** Half of all orders of one user, on real servers: the metrics and GET /api/hot name the share. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { testKafka } from '#platform/log/kafka.testing.ts';
import { partitionOf } from '#platform/log/partition.ts';
import { testSettings } from '#platform/tables/cassandra.testing.ts';
import { addressOf, runKaiseki, startKaiseki } from '../../processes.testing.ts';
import { newGeneration } from '../generation.testing.ts';

const ORDERS = 6_000;
const HOT_SHARE = 0.5;
const SHARDS = 12;
/** How far a share may be from the truth, as a part of it. */
const TOLERANCE = 0.05;
const READ_KEY = 'read-key-0123456789';
const INGEST_KEY = 'ingest-key-0123456789';

interface Hot {
  readonly hot: readonly { shard: number; user_id: string; orders: number; share: number }[];
  readonly shards: readonly { shard: number; orders: number }[];
}

function get(url: string, path: string, key?: string): Promise<Response> {
  return fetch(`${url}${path}`, key === undefined ? {} : { headers: { Authorization: `Bearer ${key}` } });
}

async function read<T>(url: string, path: string): Promise<T> {
  const answer = await get(url, path, READ_KEY);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return JSON.parse(await answer.text());
}

/** The user of every order that was sent, each order once. */
function usersOf(record: string): string[] {
  const users = new Map<string, string>();
  for (const line of readFileSync(record, 'utf8').trimEnd().split('\n')) {
    const { order_id, user_id }: { order_id: string; user_id: string } = JSON.parse(line);
    users.set(order_id, user_id);
  }
  return [...users.values()];
}

it('half of the orders are of one user: the share is named, to readers only', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kaiseki-hot-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const { contactPoints, localDataCenter } = testSettings('unused');
  const generation = newGeneration({ brokers: testKafka().brokers, contactPoints, localDataCenter });
  onTestFinished(generation.drop);
  const environment = { ...generation.environment, KAISEKI_API_KEYS: `ingest:${INGEST_KEY},read:${READ_KEY}` };
  await runKaiseki(['migrate'], environment);
  await runKaiseki(['topics'], environment);
  const kaiseki = startKaiseki(['ingest', 'counter', 'summary'], environment);
  onTestFinished(async () => {
    kaiseki.kill('SIGKILL');
    await kaiseki.ended();
  });
  const url = await addressOf(kaiseki);
  await expect.poll(async () => (await get(url, '/readyz')).status, { timeout: 120_000 }).toBe(200);

  const record = join(directory, 'sent.ndjson');
  const stream = `--orders ${ORDERS} --rate 0 --batch 500 --users 5000 --skew 0 --hot ${HOT_SHARE} --seed 4`.split(' ');
  await runKaiseki(['replay', '--url', url, ...stream, '--record', record], environment);
  const counted = async () => {
    const totals = await Promise.all(['cuisine', 'snack'].map((name) => read<{ orders: number }>(url, `/api/totals?dimension=${name}`)));
    return totals.reduce((sum, { orders }) => sum + orders, 0);
  };
  await expect.poll(counted, { timeout: 120_000 }).toBe(ORDERS);

  const { hot, shards } = await read<Hot>(url, '/api/hot?limit=3');
  const metrics = await (await get(url, '/metrics', READ_KEY)).text();
  const users = usersOf(record);
  const busiest = hot[0]?.user_id ?? '';
  const shard = partitionOf(busiest, SHARDS);
  const ofBusiest = users.filter((user) => user === busiest).length;
  const ofShard = users.filter((user) => partitionOf(user, SHARDS) === shard).length;
  expect(Math.abs(ofBusiest / ORDERS - HOT_SHARE)).toBeLessThan(TOLERANCE * HOT_SHARE);

  const near = (told: number, truth: number) => expect(Math.abs(told / truth - 1), `${told} for ${truth}`).toBeLessThan(TOLERANCE);
  expect(hot[0]?.shard).toBe(shard);
  near(hot[0]?.share ?? 0, ofBusiest / ofShard);
  near((hot[0]?.orders ?? 0) / shards.reduce((sum, { orders }) => sum + orders, 0), ofBusiest / ORDERS);
  const ratio = new RegExp(`^kaiseki_fold_busiest_key_ratio\\{.*shard="${shard}"\\} (.+)$`, 'm').exec(metrics)?.[1];
  near(Number(ratio), ofBusiest / ofShard);

  for (const path of ['/api/hot', '/metrics']) {
    expect((await get(url, path)).status).toBe(401);
    expect((await get(url, path, INGEST_KEY)).status).toBe(403);
  }
});
