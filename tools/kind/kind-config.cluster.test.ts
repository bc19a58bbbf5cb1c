import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ENVIRONMENTS } from '../../cdk8s/environments.ts';
import { tool } from '../tool.testing.ts';

/** In place of Docker: lets kind come as far as pulling the node's image, and never makes a cluster. */
const NO_DOCKER = `#!/bin/sh
case "$1" in
  info) echo '{}' ;;
  ps) ;;
  *) echo 'this is no docker' >&2; exit 1 ;;
esac
`;

const { missing, path: findKind } = tool('kind');
const CONFIG = readFileSync('kind-config.yaml', 'utf8');

describe.skipIf(missing !== undefined)(`kind-config.yaml and kind itself${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'kaiseki-kind-'));
  let kind: string;
  beforeAll(() => {
    kind = findKind();
    writeFileSync(join(directory, 'docker'), NO_DOCKER, { mode: 0o755 });
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  /** What kind says until it needs Docker. */
  function complaintAbout(config: string): string {
    const file = join(directory, 'config.yaml');
    writeFileSync(file, config);
    const { stderr } = spawnSync(kind, ['create', 'cluster', '--config', file, '--kubeconfig', join(directory, 'kubeconfig')], {
      env: { PATH: `${directory}${delimiter}${process.env.PATH}`, HOME: directory, KIND_EXPERIMENTAL_PROVIDER: 'docker' },
      encoding: 'utf8',
    });
    return stderr;
  }

  it('is accepted: kind goes on to the image of the node', () => {
    const complaint = complaintAbout(CONFIG);
    expect(complaint).toContain('Creating cluster "kaiseki"');
    expect(complaint).toContain('failed to pull image');
  });

  it('would be refused with a wrong field or a port that is mapped twice', () => {
    expect(complaintAbout(CONFIG.replace('hostPort: 3000', 'hostPorts: 3000'))).toContain('field hostPorts not found');
    expect(complaintAbout(CONFIG.replace('hostPort: 3000', 'hostPort: 9090'))).toContain('invalid portMapping');
  });
});

it('the ports of the node are those at which Grafana and Prometheus listen on kind', () => {
  const { nodes } = parse(CONFIG) as { nodes: { extraPortMappings: { containerPort: number; hostPort: number }[] }[] };
  const hostPorts = new Map(nodes[0]?.extraPortMappings.map(({ containerPort, hostPort }) => [containerPort, hostPort]));
  const values = parse(readFileSync('charts/operators/kind.yaml', 'utf8'));
  const { grafana, prometheus } = values['kube-prometheus-stack'];
  const tiltfile = readFileSync('Tiltfile', 'utf8');
  expect(tiltfile).toContain(`http://localhost:${hostPorts.get(grafana.service.nodePort)}', 'Grafana'`);
  expect(tiltfile).toContain(`http://localhost:${hostPorts.get(prometheus.service.nodePort)}', 'Prometheus'`);
  expect(tiltfile).toContain(`http://localhost:${hostPorts.get(80)}/cuisine.html`);
});

it('the Ingress controller is behind port 80 of the node, in the namespace and of the class that the objects of kind name', () => {
  const script = readFileSync('tools/kind/operators.sh', 'utf8');
  const { className, controllerNamespace } = ENVIRONMENTS.kind.ingress;
  expect(script).toContain('--set ports.web.hostPort=80 ');
  expect(script).toContain(`--namespace ${controllerNamespace} `);
  // Traefik's chart names the class after its release.
  expect(script).toContain(`upgrade --install ${className} traefik `);
});
