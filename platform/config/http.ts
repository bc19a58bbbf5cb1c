/** Where the process listens, and who may ask it. */
import { z } from 'zod';
import type { ApiKey } from '#platform/http/access.ts';
import { looksLikeToken } from '#platform/http/id-tokens.ts';
import { PUBLISHABLE } from '#platform/http/publishable-keys.ts';
import type { HttpSettings } from '#platform/http/server.ts';
import { type CheckContext, defineGroup } from './environment.ts';
import { checkPages, pageSettings, pageVariables } from './pages.ts';
import { flag, text, wholeNumber } from './variables.ts';

/** Shorter keys could be guessed. */
const KEY_CHARACTERS_MIN = 16;

const apiKeys = z.string().transform((written, context): ApiKey[] =>
  written.split(',').map((entry, index) => {
    const [, role, key] = /^\s*(ingest|read):(\S+)\s*$/.exec(entry) ?? [];
    if ((role === 'ingest' || role === 'read') && key !== undefined) {
      if (key.length < KEY_CHARACTERS_MIN)
        context.addIssue(`must hold keys of at least ${KEY_CHARACTERS_MIN} characters; entry ${index + 1} is shorter`);
      if (key.startsWith(PUBLISHABLE)) {
        context.addIssue(`must hold secrets; entry ${index + 1} begins with ${PUBLISHABLE}, as KAISEKI_PUBLISHABLE_KEYS do`);
      }
      if (looksLikeToken(key))
        context.addIssue(`must hold keys; entry ${index + 1} has the shape of an ID token, and would be taken for one`);
      return { role, key };
    }
    context.addIssue(`must be role:key,role:key with the roles ingest and read; entry ${index + 1} is not`);
    return z.NEVER;
  }),
);

/** Two listeners cannot have one port; 0 is another free one for each. */
function checkPorts(
  values: { readonly KAISEKI_PORT?: number; readonly KAISEKI_METRICS_PORT?: number | undefined },
  context: CheckContext,
): void {
  const { KAISEKI_PORT: port, KAISEKI_METRICS_PORT: metricsPort } = values;
  if (port !== metricsPort || port === 0 || port === undefined) return;
  context.report('KAISEKI_METRICS_PORT', `must be another port than KAISEKI_PORT, which is ${port} too`);
}

export const httpGroup = defineGroup({
  title: 'HTTP',
  description: 'Where the process listens, and who may ask it.',
  variables: {
    KAISEKI_HOST: text().prefault('127.0.0.1').describe('The address to listen on. 0.0.0.0 is every address of the machine.'),
    KAISEKI_PORT: wholeNumber(0, 65_535).prefault('8080').describe('The port to listen on; 0 takes any free one.'),
    KAISEKI_METRICS_PORT: wholeNumber(0, 65_535).optional().meta({
      description:
        'A second port, for `/metrics` alone: there it needs no key, so nobody but Prometheus should reach it. Where there are API keys, `/metrics` of KAISEKI_PORT needs one of the role read: it shows the totals.',
      example: '9090',
    }),
    KAISEKI_BASE_PATH: z
      .string()
      .regex(/^(\/[A-Za-z0-9._~-]+)+$/, 'must be a path such as /kaiseki, without a slash at its end')
      .optional()
      .meta({
        description:
          'A path in front of all others, where a proxy shares its host among several programs. Requests are understood with it and without it, so it does not matter whether the proxy takes it off.',
        example: '/kaiseki',
      }),
    KAISEKI_KEEP_ALIVE_MS: wholeNumber(1, 3_600_000)
      .prefault('65000')
      .describe(
        'How long a connection may rest between two requests, in milliseconds. Longer than the load balancer before it waits, or that fails a request now and then.',
      ),
    KAISEKI_API_KEYS: apiKeys.optional().meta({
      description:
        'Keys that clients send as `Authorization: Bearer KEY`, as role:key separated by commas. The role ingest may send, read may read. Needed to listen beyond this machine.',
      secret: true,
      example: 'ingest:change-me-0123456789,read:change-me-9876543210',
    }),
    KAISEKI_ALLOW_ANONYMOUS: flag()
      .prefault('false')
      .describe(
        'Whether to listen beyond this machine without any API key. On this machine alone it is for a proxy: without it and without keys, only requests to localhost are answered, any other with 421, so that no page of another site gets at the data by DNS rebinding.',
      ),
    ...pageVariables,
  },
  check(values, context) {
    checkPages(values, context);
    checkPorts(values, context);
  },
  build: (values): HttpSettings => ({
    ...pageSettings(values),
    host: values.KAISEKI_HOST,
    port: values.KAISEKI_PORT,
    metricsPort: values.KAISEKI_METRICS_PORT,
    basePath: values.KAISEKI_BASE_PATH ?? '',
    keepAlive_ms: values.KAISEKI_KEEP_ALIVE_MS,
    apiKeys: values.KAISEKI_API_KEYS ?? [],
    allowAnonymous: values.KAISEKI_ALLOW_ANONYMOUS,
  }),
});
