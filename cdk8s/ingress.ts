/** One host for the outside: orders to `ingest`, open browsers to `live`, everything else to `summary`. */
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { labelsOf } from './labels.ts';
import type { ServiceName, Settings } from './settings.ts';

const PATHS: readonly { readonly path: string; readonly service: ServiceName }[] = [
  { path: '/api/log', service: 'ingest' },
  { path: '/live', service: 'live' },
  { path: '/', service: 'summary' },
];

export function ingress(scope: Construct, settings: Settings): void {
  const { className, host, tlsSecret } = settings.ingress;
  const { basePath = '' } = settings.pages;
  new k8s.KubeIngress(scope, 'ingress', {
    metadata: { name: 'kaiseki', labels: labelsOf('ingress', settings) },
    spec: {
      ingressClassName: className,
      rules: [
        {
          host,
          http: {
            paths: PATHS.map(({ path, service }) => ({
              path: `${basePath}${path}`,
              pathType: 'Prefix',
              backend: { service: { name: service, port: { name: 'http' } } },
            })),
          },
        },
      ],
      ...(tlsSecret !== undefined && { tls: [{ hosts: [host], secretName: tlsSecret }] }),
    },
  });
}
