/**
 * A Kubernetes to test on: that of KUBECONFIG, or one that the rig in KAISEKI_CLUSTER_RIG starts. The rig is a directory of
 * commands (docs/reference/kubernetes.md).
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const { KAISEKI_CLUSTER_RIG: rig, KUBECONFIG: given } = process.env;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** Why there is no API server to ask; undefined where there is. */
export const noCluster = rig || given ? undefined : 'neither KUBECONFIG nor KAISEKI_CLUSTER_RIG is set';

/** Why nothing can be built for a cluster and run in it; undefined where it can. */
export const noRig = !rig
  ? 'KAISEKI_CLUSTER_RIG is not set'
  : process.getuid?.() === 0
    ? undefined
    : 'only root may start the cluster of KAISEKI_CLUSTER_RIG';

export interface Cluster extends AsyncDisposable {
  /** The variables under which commands find the cluster. */
  readonly environment: NodeJS.ProcessEnv;
  /** The path of a command: the rig's own one, or where there is no rig that of the machine. */
  command(name: 'kubectl'): string;
  /** Runs a command of the rig; what it says goes to standard error. @throws Error when it fails, or there is no rig */
  rig(name: 'image' | 'backends', ...args: readonly string[]): Promise<void>;
}

/**
 * Starts the rig's cluster with the operators' CRDs, or takes the one that runs. A cluster that was not up before is taken
 * down at the end; its images stay for the next time.
 * @throws Error when it does not start
 */
export async function startCluster(): Promise<Cluster> {
  const wasUp = given !== undefined || (rig !== undefined && (await answers(join(rig, 'kubectl'))));
  const environment = { ...process.env, KUBECONFIG: given ?? (await run(join(rig ?? '', 'up'))).trim() };
  if (rig) await run(join(rig, 'crds'), [], environment);
  return {
    environment,
    command: (name) => (rig ? join(rig, name) : name),
    async rig(name, ...args) {
      if (!rig) throw new Error('KAISEKI_CLUSTER_RIG is not set');
      await run(join(rig, name), args, environment);
    },
    async [Symbol.asyncDispose]() {
      if (rig && !wasUp) await run(join(rig, 'down'), ['--keep']);
    },
  };
}

async function answers(kubectl: string): Promise<boolean> {
  return run(kubectl, ['get', '--raw', '/readyz', '--request-timeout=3s']).then(
    () => true,
    () => false,
  );
}

/** What the command printed. Never blocks: a start may take minutes. */
async function run(command: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { env, encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX });
  return stdout;
}
