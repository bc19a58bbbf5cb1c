/** What an operator, or an accident, does to Kafka behind the program's back. */
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { systemClock } from '#platform/clock/clock.ts';
import { openKafkaLog } from '#platform/log/kafka.ts';
import { quietKafkajsTimers } from '#platform/log/kafka-timers.ts';

/** A killed member stays in its group until its session ends. */
const GROUP_EMPTY_MS_MAX = 120_000;

/** Asks Kafka, or changes it, past all of Kaiseki's own code. */
export async function withAdmin<T>(brokers: readonly string[], use: (admin: Admin) => Promise<T>): Promise<T> {
  quietKafkajsTimers();
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

/** The node that leads most partitions of a topic (1 to 3). */
export function busiestBroker(brokers: readonly string[], topic: string): Promise<number> {
  return withAdmin(brokers, async (admin) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const leads = new Map<number, number>();
    for (const { leader } of topics[0]?.partitions ?? []) leads.set(leader, (leads.get(leader) ?? 0) + 1);
    const [busiest] = [...leads].sort((a, b) => b[1] - a[1]);
    if (!busiest) throw new Error(`nobody leads ${topic}`);
    return busiest[0];
  });
}

/** Sets a group to an offset in every partition, as soon as its members are gone. */
export async function setGroup(brokers: readonly string[], topic: string, group: string, offset: number): Promise<void> {
  const log = openKafkaLog({ brokers, clientId: 'faults', replicationFactor: 3 }, systemClock);
  const deadline_ms = systemClock.monotonic_ms() + GROUP_EMPTY_MS_MAX;
  try {
    for (;;) {
      try {
        return await log.rewind(topic, group, offset);
      } catch (error) {
        if (!String(error).includes('has members') || systemClock.monotonic_ms() > deadline_ms) throw error;
        await systemClock.sleep(1_000);
      }
    }
  } finally {
    await log.close();
  }
}
