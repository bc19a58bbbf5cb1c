/** Two folds that answer each other on three Kafka and three Cassandra nodes, while processes and nodes die and stand still. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { systemClock as clock } from '#platform/clock/clock.ts';
import { busiestBroker, setGroup } from '../../../tools/faults/kafka-operator.testing.ts';
import { killNodes } from '../../../tools/faults/kill-nodes.testing.ts';
import { writeSection } from '../../../tools/faults/report.testing.ts';
import { type LocalServer, localServerAt } from '../../../tools/servers/local-servers.ts';
import { STOCK_COMMANDS, TRADE_COMMANDS } from './names.testing.ts';
import { DEADLINES } from './pipeline.testing.ts';
import { nameAt } from './servers.testing.ts';
import { CONDITIONS, type Outcome, outcomeTable, PROCESSES, Strikes } from './strikes.testing.ts';

const NODES = [1, 2, 3];
/** Longer than a consumer's session. */
const STALL_MS = 20_000;

const outcomes: Outcome[] = [];
let kafka: LocalServer;
let cassandra: LocalServer;
let brokers: readonly string[];
let strikes: Strikes;

beforeAll(async () => {
  kafka = localServerAt(inject('kafka'));
  cassandra = localServerAt(inject('cassandra'));
  brokers = kafka.endpoints.split(',');
  strikes = await Strikes.open(brokers, cassandra.endpoints.split(','));
});
afterAll(() => strikes.close());

async function strike(fault: string, act: () => Promise<void>): Promise<void> {
  const outcome = await strikes.under(fault, act);
  outcomes.push(outcome);
  writeSection('7-pipeline', 'Two folds that answer each other', [CONDITIONS, '', ...outcomeTable(outcomes)]);
  expect(outcome.problems).toEqual([]);
}

it('kill -9 of a process', () =>
  strike('kill -9 of one of three processes', async () => {
    await strikes.processes.kill(1);
    strikes.processes.start(1);
  }));

it('kill -9 of all processes', () =>
  strike('kill -9 of all processes', async () => {
    await strikes.processes.kill();
    strikes.processes.start(PROCESSES);
  }));

it('a process that stands still for longer than its session', () =>
  strike(`SIGSTOP of a process for ${STALL_MS / 1_000} s, then SIGCONT`, async () => {
    strikes.processes.signalOldest('SIGSTOP');
    await clock.sleep(STALL_MS);
    strikes.processes.signalOldest('SIGCONT');
  }));

it('kill -9 of the Kafka broker that leads most partitions', () =>
  strike('kill -9 of the Kafka broker that leads most partitions', async () =>
    killNodes([kafka, [await busiestBroker(brokers, nameAt(strikes.place, TRADE_COMMANDS))]]),
  ));

it('kill -9 of a Cassandra node', () => strike('kill -9 of a Cassandra node', () => killNodes([cassandra, [2]])));

it('a restart of everything', () =>
  strike('kill -9 and restart of everything, Kafka and Cassandra too', async () => {
    // Every signal is sent before anything is waited for. The processes are started while no server answers: they wait.
    const killed = strikes.processes.kill();
    const serversBack = killNodes([kafka, NODES], [cassandra, NODES]);
    await killed;
    strikes.processes.start(PROCESSES);
    await serversBack;
  }));

it('a rewind of every group to zero', () =>
  strike('kill -9 of all processes, and every group set back to 0', async () => {
    await strikes.processes.kill();
    const groups = [
      [TRADE_COMMANDS, 'trade'],
      [STOCK_COMMANDS, 'stock'],
      [DEADLINES, DEADLINES],
    ] as const;
    for (const [topic, group] of groups) await setGroup(brokers, nameAt(strikes.place, topic), nameAt(strikes.place, group), 0);
    strikes.processes.start(PROCESSES);
  }));
