/** Cassandra, as the K8ssandra operator is to run it: a rack a zone, repairs by Reaper, backups to S3 by Medusa. */
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { resourceRequirements } from './resources.ts';
import type { CassandraSettings } from './settings.ts';

/** The cluster's name: the operator calls its Service and its Secret after it. */
export const CASSANDRA_CLUSTER = 'kaiseki';
const CASSANDRA_VERSION = '5.0.6';
const BACKUPS_KEPT = 14;

interface Rack {
  readonly name: string;
  readonly nodeAffinityLabels: Readonly<Record<string, string>>;
}

export function cassandra(scope: Construct, settings: CassandraSettings): void {
  new ApiObject(scope, 'cassandra', {
    apiVersion: 'k8ssandra.io/v1alpha1',
    kind: 'K8ssandraCluster',
    metadata: { name: CASSANDRA_CLUSTER },
    spec: {
      auth: true,
      cassandra: {
        serverType: 'cassandra',
        serverVersion: CASSANDRA_VERSION,
        storageConfig: { cassandraDataVolumeClaimSpec: dataVolume(settings) },
        resources: resourceRequirements(settings.resources),
        // Two nodes on one machine only where there is but one machine.
        softPodAntiAffinity: settings.nodes === 1,
        config: { jvmOptions: { heapSize: settings.heap } },
        datacenters: [{ metadata: { name: settings.dataCenter }, size: settings.nodes, ...racks(settings) }],
      },
      ...(settings.backups && { reaper: reaper(), medusa: medusa(settings.backups) }),
    },
  });
  if (settings.backups) backupSchedule(scope, settings.dataCenter);
}

function dataVolume({ storage }: CassandraSettings): object {
  return {
    accessModes: ['ReadWriteOnce'],
    ...(storage.className !== undefined && { storageClassName: storage.className }),
    resources: { requests: { storage: storage.size } },
  };
}

function racks({ zones }: CassandraSettings): { racks?: readonly Rack[] } {
  if (zones.length === 0) return {};
  return { racks: zones.map((zone, index) => ({ name: `r${index + 1}`, nodeAffinityLabels: { 'topology.kubernetes.io/zone': zone } })) };
}

function reaper(): object {
  return {
    autoScheduling: { enabled: true, repairType: 'AUTO' },
    heapSize: '512Mi',
    resources: resourceRequirements({ cpuRequest: '100m', cpuLimit: '1', memory: '1Gi' }),
  };
}

function medusa({ bucket, region, credentialsSecret }: NonNullable<CassandraSettings['backups']>): object {
  return {
    storageProperties: {
      storageProvider: 's3',
      bucketName: bucket,
      region,
      prefix: CASSANDRA_CLUSTER,
      storageSecretRef: { name: credentialsSecret },
      maxBackupCount: BACKUPS_KEPT,
    },
    containerResources: resourceRequirements({ cpuRequest: '100m', cpuLimit: '1', memory: '1Gi' }),
  };
}

function backupSchedule(scope: Construct, dataCenter: string): void {
  new ApiObject(scope, 'backups', {
    apiVersion: 'medusa.k8ssandra.io/v1alpha1',
    kind: 'MedusaBackupSchedule',
    metadata: { name: 'nightly' },
    spec: {
      cronSchedule: '30 2 * * *',
      concurrencyPolicy: 'Forbid',
      backupSpec: { backupType: 'differential', cassandraDatacenter: dataCenter },
    },
  });
}
