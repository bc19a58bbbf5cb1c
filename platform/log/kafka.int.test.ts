import { systemClock } from '#platform/clock/clock.ts';
import { testKafka } from './kafka.testing.ts';
import { openKafkaLog } from './kafka.ts';
import { logContract } from './log.contract.ts';

logContract('Kafka', async () => openKafkaLog(testKafka(), systemClock));
