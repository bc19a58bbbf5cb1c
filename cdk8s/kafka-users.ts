/** A KafkaUser for each workload; Strimzi puts its password into a Secret of the same name. */
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { WORKLOAD_NAMES } from '#workloads/catalogue.ts';
import { ACLS, type Acl, clientId } from './access.ts';
import { STRIMZI_LABELS } from './labels.ts';

interface KafkaUserSpec {
  readonly authentication: { readonly type: 'scram-sha-512' };
  readonly authorization: { readonly type: 'simple'; readonly acls: readonly Acl[] };
}

export function kafkaUsers(scope: Construct): void {
  for (const workload of WORKLOAD_NAMES) {
    const spec: KafkaUserSpec = {
      authentication: { type: 'scram-sha-512' },
      authorization: { type: 'simple', acls: ACLS[workload] },
    };
    new ApiObject(scope, `user-${workload}`, {
      apiVersion: 'kafka.strimzi.io/v1',
      kind: 'KafkaUser',
      metadata: { name: clientId(workload), labels: { ...STRIMZI_LABELS } },
      spec,
    });
  }
}
