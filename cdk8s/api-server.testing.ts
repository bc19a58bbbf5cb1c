/** A real API server to ask. Nothing is changed in it but a namespace of the suite's own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { tool } from '../tools/tool.testing.ts';
import { startCluster } from './rig.testing.ts';

export interface Answer {
  readonly accepted: boolean;
  /** What kubectl printed, without what it printed for each accepted object. */
  readonly complaints: string;
}

export interface ApiServer extends AsyncDisposable {
  readonly namespace: string;
  knows(kind: string): boolean;
  /** A strict dry run on the server: unknown fields, types, the CRDs' own rules, admission. */
  wouldAccept(yaml: string): Answer;
  /** What helm prints. @throws Error when it fails */
  helm(...args: string[]): string;
}

/** @throws Error when the cluster does not start or its namespace cannot be made */
export async function askApiServer(): Promise<ApiServer> {
  const cluster = await startCluster();
  const { environment } = cluster;
  const kubectl = cluster.command('kubectl');
  const helm = tool('helm').path();
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
    helm: (...args) => run(helm, environment, ...args),
    async [Symbol.asyncDispose]() {
      run(kubectl, environment, 'delete', 'namespace', namespace, '--wait=false');
      await cluster[Symbol.asyncDispose]();
    },
  };
}

function run(command: string, env: NodeJS.ProcessEnv, ...args: string[]): string {
  return execFileSync(command, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
