import { expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { freshTopic, orderOf, readAll, valuesOf } from './contract/owning.ts';
import { testKafka } from './kafka.testing.ts';
import { openKafkaLog } from './kafka.ts';
import { logContract } from './log.contract.ts';

const open = async () => openKafkaLog(testKafka(), systemClock);

logContract('Kafka', open);

it('names the record that Kafka refuses and those of its call behind it, and goes on with other calls', async () => {
  const log = await open();
  try {
    const topic = await freshTopic(log);
    const tooLarge = 'x'.repeat(2 * 1024 * 1024);
    const values = ['a', 'b', tooLarge, 'c'];
    const failure = log.append(
      topic,
      values.map((value) => orderOf('key', value)),
    );
    // Shares a batch with what is not sent.
    const other = log.append(topic, [orderOf('key', 'd')]);
    await expect(failure).rejects.toMatchObject({ indexes: new Set([2, 3]) });
    await other;
    await log.append(topic, [orderOf('key', 'e')]);
    expect(valuesOf(await readAll(log, topic, 4))).toEqual(['a', 'b', 'd', 'e']);
  } finally {
    await log.close();
  }
});
