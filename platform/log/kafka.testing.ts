/** Where the tests find a real Kafka: KAFKA_BROKERS. */
import type { KafkaSettings } from './kafka-client.ts';

/** @throws Error when no brokers are configured: a test that has no server fails, it is not skipped */
export function testKafka(): KafkaSettings {
  const brokers = process.env.KAFKA_BROKERS?.split(',');
  if (brokers === undefined) throw new Error('set KAFKA_BROKERS, or run npm run test:servers');
  return { brokers, clientId: 'kaiseki-test', replicationFactor: -1, session_timeout_ms: 6_000 };
}
