/**
 * A real API server to ask: that of KUBECONFIG, or one that the rig in KAISEKI_CLUSTER_RIG starts (a directory with the
 * commands up, down, crds, kubectl and tools). Nothing is changed in it but a namespace of the suite's own.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

const { KAISEKI_CLUSTER_RIG: rig, KUBECONFIG: given } = process.env;

/** Why there is nothing to ask; undefined where there is. */
export const noCluster = rig || given ? undefined : 'neither KUBECONFIG nor KAISEKI_CLUSTER_RIG is set';

export interface Answer {
  readonly accepted: boolean;
  /** What kubectl printed, without what it printed for each accepted object. */
  readonly complaints: string;
}

export interface ApiServer extends Disposable {
  readonly namespace: string;
  knows(kind: string): boolean;
  /** A strict dry run on the server: unknown fields, types, the CRDs' own rules, admission. */
  wouldAccept(yaml: string): Answer;
  /** What helm prints. @throws Error when it fails */
  helm(...args: string[]): string;
}

/** @throws Error when the cluster does not start or its namespace cannot be made */
export function askApiServer(): ApiServer {
  const kubeconfig = given ?? run(join(rig ?? '', 'up')).trim();
  const environment = { ...process.env, KUBECONFIG: kubeconfig };
  if (rig) run(join(rig, 'crds'), environment);
  const tools = rig ? run(join(rig, 'tools'), environment, 'helm').trim() : undefined;
  const kubectl = rig ? join(rig, 'kubectl') : 'kubectl';
  const namespace = `kaiseki-manifests-${randomUUID().slice(0, 8)}`;
  run(kubectl, environment, 'create', 'namespace', namespace);
  run(kubectl, environment, 'label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted');
  const kinds = new Set(
    run(kubectl, environment, 'api-resources', '--no-headers')
      .split('\n')
      .map((line) => line.trim().split(/\s+/).at(-1)),
  );
  return {
    namespace,
    knows: (kind) => kinds.has(kind),
    wouldAccept(yaml) {
      const args = [
        'apply',
        '-n',
        namespace,
        '--server-side',
        '--dry-run=server',
        '--validate=strict',
        '--field-manager=kaiseki-test',
        '-f',
        '-',
      ];
      const { status, stdout, stderr } = spawnSync(kubectl, args, { input: yaml, env: environment, encoding: 'utf8' });
      const complaints = `${stdout}${stderr}`
        .split('\n')
        .filter((line) => line !== '' && !line.includes('serverside-applied'))
        .join('\n');
      return { accepted: status === 0, complaints };
    },
    helm: (...args) => run(tools === undefined ? 'helm' : join(tools, 'helm'), environment, ...args),
    [Symbol.dispose]() {
      run(kubectl, environment, 'delete', 'namespace', namespace, '--wait=false');
      // One that somebody else started goes on.
      if (rig && !given) run(join(rig, 'down'), environment);
    },
  };
}

function run(command: string, env: NodeJS.ProcessEnv = process.env, ...args: string[]): string {
  return execFileSync(command, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
