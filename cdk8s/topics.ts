/** A KafkaTopic for every topic that `kaiseki topics` would create. */
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { TopicDefinition } from '#platform/log/log.ts';
import { STRIMZI_LABELS } from './labels.ts';
import type { KafkaSettings } from './settings.ts';

interface KafkaTopicSpec {
  readonly partitions: number;
  readonly replicas: number;
  readonly config: Readonly<Record<string, string | number>>;
}

export function topics(scope: Construct, definitions: readonly TopicDefinition[], kafka: KafkaSettings): void {
  for (const topic of definitions) {
    const spec: KafkaTopicSpec = {
      partitions: topic.partitions,
      replicas: kafka.replicationFactor,
      config: {
        'cleanup.policy': topic.cleanup,
        'retention.ms': topic.retention_ms,
        'min.insync.replicas': kafka.inSyncReplicasMin,
      },
    };
    new ApiObject(scope, `topic-${topic.name}`, {
      apiVersion: 'kafka.strimzi.io/v1',
      kind: 'KafkaTopic',
      metadata: { name: topic.name, labels: { ...STRIMZI_LABELS }, annotations: { 'kaiseki.io/purpose': topic.purpose } },
      spec,
    });
  }
}
