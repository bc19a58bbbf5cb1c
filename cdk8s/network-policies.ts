/** Who may speak with whom: nobody, then what is needed. The operators' pods in the namespace are those that are not ours. */
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { labelsOf, PART_OF, selectorLabels } from './labels.ts';
import type { ServiceName, Settings } from './settings.ts';
import { HTTP_PORT, METRICS_PORT } from './workload.ts';

const DNS_PORT = 53;
/** Of Kafka's listeners (plain, TLS) and of Cassandra's clients. */
const BACKEND_PORTS = [9092, 9093, 9042];
const HTTPS_PORT = 443;

/** Whom the Ingress leads to. The counter serves operators only. */
const PUBLIC: readonly ServiceName[] = ['ingest', 'summary', 'live'];

const OURS: k8s.LabelSelector = { matchLabels: { ...PART_OF } };
const BACKENDS: k8s.LabelSelector = {
  matchExpressions: [{ key: 'app.kubernetes.io/part-of', operator: 'NotIn', values: ['kaiseki'] }],
};

export function networkPolicies(scope: Construct, settings: Settings): void {
  const add = (name: string, spec: k8s.NetworkPolicySpec) => {
    new k8s.KubeNetworkPolicy(scope, `policy-${name}`, { metadata: { name, labels: labelsOf('network', settings) }, spec });
  };
  const operators = inNamespace(settings.operatorsNamespace);

  add('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  add('dns', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: [inNamespace('kube-system')], ports: [tcp(DNS_PORT), { ...tcp(DNS_PORT), protocol: 'UDP' }] }],
  });
  add('workloads', {
    podSelector: OURS,
    policyTypes: ['Ingress', 'Egress'],
    // Each other (the tests of a release and of load); and Prometheus, which sees nothing but metrics.
    ingress: [
      { from: [{ podSelector: OURS }], ports: [tcp(HTTP_PORT)] },
      { from: [operators], ports: [tcp(METRICS_PORT)] },
    ],
    egress: [
      { to: [{ podSelector: OURS }], ports: [tcp(HTTP_PORT)] },
      { to: [{ podSelector: BACKENDS }], ports: BACKEND_PORTS.map(tcp) },
    ],
  });
  if (settings.outsidePorts.length > 0) {
    add('workloads-to-outside', { podSelector: OURS, policyTypes: ['Egress'], egress: [{ ports: settings.outsidePorts.map(tcp) }] });
  }
  if (settings.pages.idToken) {
    // The keys of ID tokens are their issuer's, whose addresses are not for us to know.
    add('ingest-to-issuer', {
      podSelector: { matchLabels: selectorLabels('ingest') },
      policyTypes: ['Egress'],
      egress: [{ ports: [tcp(HTTPS_PORT)] }],
    });
  }
  for (const name of PUBLIC) {
    add(`ingress-to-${name}`, {
      podSelector: { matchLabels: selectorLabels(name) },
      policyTypes: ['Ingress'],
      ingress: [{ from: [inNamespace(settings.ingress.controllerNamespace)], ports: [tcp(HTTP_PORT)] }],
    });
  }
  add('backends', {
    podSelector: BACKENDS,
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [{ podSelector: BACKENDS }, operators] }, { from: [{ podSelector: OURS }], ports: BACKEND_PORTS.map(tcp) }],
    // They speak with one another, with the Kubernetes API, and Medusa with S3: none of these has a label to go by.
    egress: [{}],
  });
}

function inNamespace(name: string): k8s.NetworkPolicyPeer {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } };
}

function tcp(port: number): k8s.NetworkPolicyPort {
  return { protocol: 'TCP', port: k8s.IntOrString.fromNumber(port) };
}
