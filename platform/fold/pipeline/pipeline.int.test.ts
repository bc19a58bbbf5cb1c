/** The pipeline on real Kafka and Cassandra, in processes of its own that are killed. */
import { expect, it, onTestFinished } from 'vitest';
import { systemClock as clock } from '#platform/clock/clock.ts';
import { testKafka } from '#platform/log/kafka.testing.ts';
import { testSettings } from '#platform/tables/cassandra.testing.ts';
import { auditPipeline, untilSettled } from './audit.testing.ts';
import { Customers } from './customers.testing.ts';
import { PipelineProcesses } from './processes.testing.ts';
import { createPlace, dropPlace, openAt } from './servers.testing.ts';

const SHAPE = { tradeShards: 6, stockShards: 4, deadline_ms: 8_000, initialUnits: 300 };
const ORDERS = 2_000;
const PER_SECOND = 100;
const KILLS = 3;
const PATIENCE_MS = 120_000;

it(`${ORDERS} orders between two folds on real Kafka and Cassandra, of which processes are killed ${KILLS} times`, async () => {
  const { contactPoints, localDataCenter } = testSettings('unused');
  const place = await createPlace({ brokers: testKafka().brokers, contactPoints, localDataCenter, shape: SHAPE });
  const { log, tables, close } = openAt(place);
  const processes = new PipelineProcesses(place);
  onTestFinished(async () => {
    await processes.kill();
    await close();
    await dropPlace(place);
  });
  const customers = new Customers({ clock, seed: 5 });
  processes.start(2);
  const ordering = customers.order(log, ORDERS, PER_SECOND);
  for (let kill = 0; kill < KILLS; kill++) {
    await processes.owning();
    await clock.sleep(2_000);
    await processes.kill(1);
    processes.start(1);
  }
  await customers.disturb(log);
  await ordering;

  const audited = { log, tables, shape: SHAPE, ...customers };
  const edges = await untilSettled(audited, PATIENCE_MS);
  const { problems, outcomes } = await auditPipeline(audited, edges);
  expect(problems).toEqual([]);
  expect(processes.alarms).toEqual([]);
  expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(['confirmed', 'refused', 'cancelled']));
  await processes.stopOldest();
});
