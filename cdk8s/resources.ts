/** Requests and limits, in the shape that Kubernetes and the operators share. */
import type { Resources } from './settings.ts';

export function resourceRequirements({ cpuRequest, cpuLimit, memory }: Resources) {
  return { requests: { cpu: cpuRequest, memory }, limits: { cpu: cpuLimit, memory } };
}
