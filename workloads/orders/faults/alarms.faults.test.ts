/** What would make counts wrong in silence stops the shards with a message instead; put right, they go on. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { setGroup, withAdmin } from '../../../tools/faults/kafka-operator.testing.ts';
import { table, writeSection } from '../../../tools/faults/report.testing.ts';
import { addressOf, runKaiseki } from '../../processes.testing.ts';
import { COUNTER_GROUP } from '../orders-fold.ts';
import { ORDER_LOGS } from '../topics.ts';
import { Fleet } from './fleet.testing.ts';

const ORDERS = 2_000;
/** Sent while the shards stand still: they wait in the log. */
const WAITING_ORDERS = 200;
const STANDSTILL_MS = 3_000;
const TOPIC_GONE_MS = 5_000;

const directory = mkdtempSync(join(tmpdir(), 'kaiseki-alarms-'));
const brokers = inject('kafka').endpoints.split(',');
const seen: [string, string][] = [];
let sent = 0;
let fleet: Fleet;
let topic: string;
let group: string;

beforeAll(async () => {
  fleet = await Fleet.open();
  topic = `${fleet.generation.prefix}${ORDER_LOGS}`;
  group = `${fleet.generation.prefix}${COUNTER_GROUP}`;
  await fleet.start(['ingest', 'summary']);
});
afterAll(async () => {
  await fleet.close();
  rmSync(directory, { recursive: true });
  writeSection('3-alarms', 'Alarms', table(['what was done', 'what the counter said'], seen));
});

/** Sends orders to ingest, which knows nothing of the shards. */
async function send(orders: number): Promise<void> {
  await runKaiseki(['replay', '--url', fleet.ingestUrl, '--orders', String(orders), '--rate', '0'], fleet.generation.environment);
}

/** Counts some more orders, and those that waited, with a healthy counter, and kills it. */
async function countSome(): Promise<void> {
  await fleet.start(['counter-1']);
  await fleet.untilAccepting(60_000);
  sent += 1;
  await send(ORDERS);
  sent += ORDERS;
  await expect.poll(() => fleet.counted(), { timeout: 120_000 }).toBe(sent);
  await fleet.kill(['counter-1']);
}

/** Starts a counter that must stop its shards: it says why, is not ready, and counts nothing. */
async function alarmOf(what: string, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  await fleet.start(['counter-1'], environment);
  const counter = fleet.process('counter-1');
  const { msg }: { msg: string } = JSON.parse(await counter.line((line) => line.includes('ALARM')));
  seen.push([what, msg]);
  const readiness = await fetch(`${await addressOf(counter)}/readyz`);
  expect(readiness.status).toBe(503);
  expect(await readiness.text()).toContain(msg.slice('ALARM: '.length, 30));
  await fleet.untilAccepting(60_000);
  await send(WAITING_ORDERS);
  await systemClock.sleep(STANDSTILL_MS);
  expect(await fleet.counted()).toBe(sent);
  sent += 1 + WAITING_ORDERS;
  await fleet.kill(['counter-1']);
  return msg;
}

it('a changed menu', async () => {
  await countSome();
  const menu = join(directory, 'menu.json');
  const menuTypes = ['washoku', 'chuka'].map((name) => ({ name, labels: { en: name }, color: '#000000' }));
  writeFileSync(menu, JSON.stringify({ dimensions: [{ name: 'cuisine', labels: { en: 'Cuisine' }, menu_types: menuTypes }] }));
  const message = await alarmOf('a menu without a menu type that was counted', { KAISEKI_MENU: menu });
  expect(message).toMatch(/refuses this configuration: .* menu types may be added, never moved or removed/);
  await countSome();
});

it('a group beyond what was counted', async () => {
  await setGroup(brokers, topic, group, 1_000_000_000);
  const message = await alarmOf('the group set to an offset beyond next_offset');
  expect(message).toMatch(/stands at offset 1000000000 of .*, beyond next_offset \d+: records between them were never counted/);
  await setGroup(brokers, topic, group, 0);
  await countSome();
});

it('a truncated log', async () => {
  await withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [topic] }));
  await systemClock.sleep(TOPIC_GONE_MS);
  await runKaiseki(['topics'], fleet.generation.environment);
  const message = await alarmOf('the topic deleted and created again');
  expect(message).toMatch(/ends at offset 0, below next_offset \d+: counted records are gone from the log/);
});
