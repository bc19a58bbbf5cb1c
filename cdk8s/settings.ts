/** What differs between the places that Kaiseki is deployed to. Quantities are Kubernetes' own texts: `500m`, `256Mi`, `10Gi`. */

/** The workloads that run on; `daily` is a CronJob. */
export const SERVICES = ['ingest', 'counter', 'summary', 'live'] as const;
export type ServiceName = (typeof SERVICES)[number];

export interface Resources {
  readonly cpuRequest: string;
  readonly cpuLimit: string;
  /** Request and limit: memory that was not asked for may be taken away. */
  readonly memory: string;
}

/** How many pods: a number of them, or an autoscaler between two numbers. Only the Helm chart declares both, and its user chooses. */
export interface Scale {
  readonly replicas?: number;
  readonly autoscaler?: { readonly replicasMin: number; readonly replicasMax: number };
}

export interface ServiceSettings {
  readonly resources: Resources;
  readonly scale: Scale;
}

export interface StorageSettings {
  readonly size: string;
  /** Undefined: the cluster's default class. */
  readonly className: string | undefined;
}

export interface KafkaSettings {
  /** `host:port` of the bootstrap service. */
  readonly bootstrap: string;
  /** TLS, SCRAM and ACLs; undefined: a plaintext listener without any, for a cluster on one's own machine. */
  readonly security: { readonly authoritySecret: string } | undefined;
  /** Combined nodes, or brokers and controllers apart. */
  readonly nodes: { readonly combined: number } | { readonly brokers: number; readonly controllers: number };
  readonly replicationFactor: number;
  readonly inSyncReplicasMin: number;
  /** Spreads replicas over zones, and moves partitions when brokers come and go. */
  readonly zonesAndRebalance: boolean;
  readonly storage: StorageSettings;
  readonly resources: Resources;
}

export interface CassandraSettings {
  readonly contactPoint: string;
  readonly dataCenter: string;
  /** A Secret with the keys `username` and `password`; the operator makes one called `kaiseki-superuser`. */
  readonly credentialsSecret: string;
  readonly replicationFactor: number;
  /** The zones that the racks are in, one rack each; none: one rack wherever there is room. */
  readonly zones: readonly string[];
  readonly nodes: number;
  readonly storage: StorageSettings;
  readonly resources: Resources;
  readonly heap: string;
  /** Repairs by Reaper and nightly backups by Medusa. */
  readonly backups: { readonly bucket: string; readonly region: string; readonly credentialsSecret: string } | undefined;
}

/** A Job of k6 beside an environment (load-test.ts). */
export interface LoadTestSettings {
  readonly image: string;
  /** A script of loadtest/, without its ending. */
  readonly script: 'orders' | 'batch' | 'reads' | 'live';
  /** The script's settings, by the names of their variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** The Job is ended, and has failed, when it is this old. Longer than its script may take, with the image's download. */
  readonly deadline_s: number;
  readonly resources: Resources;
}

/** What others than the API's own clients may do, and how their requests get here. Each text as its variable has it. */
export interface PagesSettings {
  /** Other origins whose pages may ask (KAISEKI_ORIGINS). Undefined: none. */
  readonly origins: string | undefined;
  /** `key@origin,key@origin` (KAISEKI_PUBLISHABLE_KEYS): they stand in pages, for everybody to see. Undefined: none. */
  readonly publishableKeys: string | undefined;
  /** Whose ID tokens `ingest` takes; undefined: nobody's. */
  readonly idToken: { readonly issuer: string; readonly audience: string; readonly keysUrl: string } | undefined;
  /** In front of all paths (KAISEKI_BASE_PATH), such as `/kaiseki`. Undefined: nothing. */
  readonly basePath: string | undefined;
  /** How many proxies stand before the pods (KAISEKI_PROXIES), the Ingress's controller among them. */
  readonly proxies: string;
}

export interface Settings {
  readonly namespace: string | undefined;
  /** `app.kubernetes.io/instance` and `app.kubernetes.io/managed-by`. */
  readonly instance: string;
  readonly managedBy: string;
  readonly image: { readonly repository: string; readonly tag: string };
  /** What the migration Job's name ends with: a Job cannot be changed, so each version has its own. */
  readonly migrationSuffix: string;
  readonly timeZone: string;
  /** `none` or `NFC`; in a chart, what its user chooses. */
  readonly normalizeIds: string;
  readonly shards: number;
  readonly buckets: number;
  readonly access: { readonly anonymous: boolean; readonly apiKeysSecret: string | undefined };
  readonly pages: PagesSettings;
  readonly kafka: KafkaSettings;
  readonly cassandra: CassandraSettings;
  readonly services: Readonly<Record<ServiceName, ServiceSettings>>;
  readonly daily: { readonly schedule: string; readonly resources: Resources };
  readonly ingress: {
    readonly className: string;
    readonly host: string;
    readonly tlsSecret: string | undefined;
    /** Where the ingress controller runs. */
    readonly controllerNamespace: string;
  };
  /** Where Strimzi, the K8ssandra operator, KEDA and Prometheus run (charts/operators). */
  readonly operatorsNamespace: string;
  readonly monitoring: {
    /** The address of docs/runbooks as people read it, no slash at its end: every alert links to its page there. Undefined: to none. */
    readonly runbooks: string | undefined;
  };
  /** Ports of a Kafka and a Cassandra outside of the namespace, which the workloads may then reach. Only the Helm chart knows such. */
  readonly outsidePorts: readonly number[];
}
