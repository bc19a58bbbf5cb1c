/** What of the objects is there only under a condition: whole templates, objects, and parts of them. */
import type { Switches } from './chart-settings.ts';

export interface Condition {
  /** Matches `<template>` (all of it), `<template>/<Kind>/<name>` (an object), or that and a path in it (a part). */
  readonly at: RegExp;
  /** The condition, as Go templates have it. */
  readonly when: string;
}

export function conditions(switches: Switches): readonly Condition[] {
  const both = (one: string, other: string) => `and (${one}) (${other})`;
  const pods = '(Deployment|CronJob|Job)/.*';
  return [
    { at: /^kafka$/, when: switches.kafkaCreate },
    { at: /^cassandra$/, when: switches.cassandraCreate },
    { at: /^network-policies$/, when: switches.networkPolicies },
    { at: /^ingress$/, when: switches.ingress },
    { at: /^autoscaling$/, when: switches.autoscaling },
    { at: /^monitoring$/, when: switches.monitoring },

    { at: /\/NetworkPolicy\/workloads-to-outside$/, when: switches.outside },
    { at: /\/NetworkPolicy\/ingest-to-issuer$/, when: switches.idToken },
    { at: /\/KafkaRebalance\/[^/]+$/, when: switches.kafkaZones },
    { at: /\/PodMonitor\/kaiseki-kafka$/, when: switches.kafkaCreate },
    { at: /\/PodMonitor\/kaiseki-cassandra$/, when: switches.cassandraCreate },
    { at: /\/MedusaBackupSchedule\/[^/]+$/, when: switches.cassandraBackups },
    { at: /\/TriggerAuthentication\/[^/]+$/, when: switches.kafkaSecured },

    { at: new RegExp(`/${pods}/env/KAFKA_(TLS|TLS_CA_FILE|SASL_[A-Z]+)$`), when: switches.kafkaSecured },
    { at: new RegExp(`/${pods}/(volumes|volumeMounts)/kafka-authority$`), when: switches.kafkaSecured },
    { at: new RegExp(`/${pods}/env/KAISEKI_ALLOW_ANONYMOUS$`), when: switches.anonymous },
    { at: new RegExp(`/${pods}/env/KAISEKI_API_KEYS$`), when: `not ${switches.anonymous}` },
    { at: new RegExp(`/${pods}/env/KAISEKI_BASE_PATH$`), when: switches.basePath },
    { at: new RegExp(`/${pods}/env/KAISEKI_ORIGINS$`), when: switches.origins },
    { at: new RegExp(`/${pods}/env/KAISEKI_PUBLISHABLE_KEYS$`), when: switches.publishableKeys },
    { at: new RegExp(`/${pods}/env/KAISEKI_ID_TOKEN_[A-Z_]+$`), when: switches.idToken },
    { at: /\/Deployment\/(ingest|counter|summary)\/spec\/replicas$/, when: `not ${switches.autoscaling}` },
    // A first installation has no Cassandra to migrate yet: there it is a Job like any other.
    { at: /\/Job\/[^/]+\/metadata\/annotations$/, when: '.Release.IsUpgrade' },
    { at: /\/ScaledObject\/.*\/(sasl|tls|authenticationRef)$/, when: switches.kafkaSecured },
    { at: /\/Kafka\/kaiseki\/spec\/(kafka\/rack|cruiseControl)$/, when: switches.kafkaZones },
    { at: /\/KafkaNodePool\/.*\/class$/, when: switches.kafkaStorageClass },
    { at: /\/K8ssandraCluster\/.*\/storageClassName$/, when: switches.cassandraStorageClass },
    { at: /\/K8ssandraCluster\/kaiseki\/spec\/medusa$/, when: switches.cassandraBackups },
    { at: /\/PrometheusRule\/kaiseki\/.*\/annotations\/runbook_url$/, when: switches.runbooks },
    { at: /\/Ingress\/kaiseki\/spec\/tls$/, when: both(switches.ingress, switches.ingressTls) },
  ];
}
