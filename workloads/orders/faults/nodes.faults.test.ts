/** Nodes of Kafka and Cassandra that die while orders stream in, at last all together with every process; and a group that is sent back to the beginning. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { busiestBroker, setGroup } from '../../../tools/faults/kafka-operator.testing.ts';
import { killNodes } from '../../../tools/faults/kill-nodes.testing.ts';
import { writeSection } from '../../../tools/faults/report.testing.ts';
import { type LocalServer, localServerAt } from '../../../tools/servers/local-servers.ts';
import { COUNTER_GROUP } from '../orders-fold.ts';
import { ORDER_LOGS } from '../topics.ts';
import { expectNoDrift } from './audit.testing.ts';
import { COUNTERS, Fleet } from './fleet.testing.ts';
import { Ledger } from './ledger.testing.ts';
import { CONDITIONS, type Outcome, outcomeTable, under } from './strike.testing.ts';

const NODES = [1, 2, 3];

const ledger = new Ledger();
const outcomes: Outcome[] = [];
let kafka: LocalServer;
let cassandra: LocalServer;
let fleet: Fleet;
let brokers: readonly string[];

beforeAll(async () => {
  kafka = localServerAt(inject('kafka'));
  cassandra = localServerAt(inject('cassandra'));
  brokers = kafka.endpoints.split(',');
  fleet = await Fleet.open();
  await fleet.startAll();
});
afterAll(async () => {
  await fleet.close();
  writeSection('2-nodes', 'Nodes, everything, and a rewind', [CONDITIONS, '', ...outcomeTable(outcomes)]);
});

async function strike(fault: string, act: () => Promise<void>): Promise<void> {
  outcomes.push(await under(fleet, ledger, fault, act));
}

it('kill -9 of the Kafka broker that leads most partitions', () =>
  strike('kill -9 of the Kafka broker that leads most partitions', async () =>
    killNodes([kafka, [await busiestBroker(brokers, `${fleet.generation.prefix}${ORDER_LOGS}`)]]),
  ));

it('kill -9 of a Cassandra node', () => strike('kill -9 of a Cassandra node', () => killNodes([cassandra, [2]])));

it('a restart of everything', () =>
  strike('kill -9 and restart of everything, Kafka and Cassandra too', async () => {
    // Every signal is sent before anything is waited for. The processes are started while no server answers: they wait.
    const killed = fleet.kill();
    const serversBack = killNodes([kafka, NODES], [cassandra, NODES]);
    await killed;
    await Promise.all([fleet.startAll(), serversBack]);
  }));

it('a rewind of the group to zero', () =>
  strike('kill -9 of all counters, and their group set back to 0', async () => {
    await fleet.kill(COUNTERS);
    await setGroup(brokers, `${fleet.generation.prefix}${ORDER_LOGS}`, `${fleet.generation.prefix}${COUNTER_GROUP}`, 0);
    await fleet.start(COUNTERS);
  }));

it('the audit finds no drift after all of that', async () => {
  expect(outcomes.length).toBeGreaterThan(0);
  await expectNoDrift(fleet);
});
