/** A tool that needs no cluster: the one that the rig in KAISEKI_CLUSTER_RIG pins (docs/reference/kubernetes.md), or that of the machine. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface Tool {
  /** Why it cannot be used; undefined where it can. */
  readonly missing: string | undefined;
  /** Where it is. The rig may have to build it first, for minutes. */
  path(): string;
}

export function tool(name: 'helm' | 'k6' | 'kind' | 'prometheus' | 'promtool'): Tool {
  const rig = process.env.KAISEKI_CLUSTER_RIG;
  if (rig) return { missing: undefined, path: () => join(execFileSync(join(rig, 'tools'), [name], { encoding: 'utf8' }).trim(), name) };
  const isHere = spawnSync(name, ['--help']).status === 0;
  return { missing: isHere ? undefined : `${name} is not here, and KAISEKI_CLUSTER_RIG is not set`, path: () => name };
}
