import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { freshTopic, orderOf, readAll, valuesOf } from './contract/owning.ts';
import { testKafka } from './kafka.testing.ts';
import { openKafkaLog } from './kafka.ts';
import { logContract } from './log.contract.ts';
import { RECORD_BYTES_MAX } from './log.ts';

const open = async () => openKafkaLog(testKafka(), systemClock);

logContract('Kafka', open);

it('names the record that Kafka refuses and those of its call behind it, and goes on with other calls', async () => {
  const log = await open();
  try {
    const topic = await freshTopic(log);
    // As large as a log takes, so that it is a batch of its own; but this topic takes half of that.
    const tooLarge = 'x'.repeat(RECORD_BYTES_MAX - 100);
    await setTopic(topic, 'max.message.bytes', RECORD_BYTES_MAX / 2);
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

/** Sets a property of a topic, as an operator may. */
async function setTopic(topic: string, name: string, value: number): Promise<void> {
  const admin = new Kafka({ brokers: [...testKafka().brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const configEntries = [{ name, value: String(value) }];
  await admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }] });
  await admin.disconnect();
}
