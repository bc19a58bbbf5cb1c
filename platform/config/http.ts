/** Where the process listens, and who may ask it. */
import { z } from 'zod';
import type { ApiKey } from '#platform/http/access.ts';
import type { HttpSettings } from '#platform/http/server.ts';
import { defineGroup } from './environment.ts';
import { flag, text, wholeNumber } from './variables.ts';

/** Shorter keys could be guessed. */
const KEY_CHARACTERS_MIN = 16;

const apiKeys = z.string().transform((written, context): ApiKey[] =>
  written.split(',').map((entry, index) => {
    const [, role, key] = /^\s*(ingest|read):(\S+)\s*$/.exec(entry) ?? [];
    if ((role === 'ingest' || role === 'read') && key !== undefined) {
      if (key.length < KEY_CHARACTERS_MIN)
        context.addIssue(`must hold keys of at least ${KEY_CHARACTERS_MIN} characters; entry ${index + 1} is shorter`);
      return { role, key };
    }
    context.addIssue(`must be role:key,role:key with the roles ingest and read; entry ${index + 1} is not`);
    return z.NEVER;
  }),
);

export const httpGroup = defineGroup({
  title: 'HTTP',
  description: 'Where the process listens, and who may ask it.',
  variables: {
    KAISEKI_HOST: text().prefault('127.0.0.1').describe('The address to listen on. 0.0.0.0 is every address of the machine.'),
    KAISEKI_PORT: wholeNumber(0, 65_535).prefault('8080').describe('The port to listen on; 0 takes any free one.'),
    KAISEKI_API_KEYS: apiKeys.optional().meta({
      description:
        'Keys that clients send as `Authorization: Bearer KEY`, as role:key separated by commas. The role ingest may send orders, read may read. Needed to listen beyond this machine.',
      secret: true,
      example: 'ingest:change-me-0123456789,read:change-me-9876543210',
    }),
    KAISEKI_ALLOW_ANONYMOUS: flag()
      .prefault('false')
      .describe(
        'Whether to listen beyond this machine without any API key. On this machine alone it is for a proxy: without it and without keys, only requests to localhost are answered, any other with 421, so that no page of another site gets at the data by DNS rebinding.',
      ),
  },
  build: (values): HttpSettings => ({
    host: values.KAISEKI_HOST,
    port: values.KAISEKI_PORT,
    apiKeys: values.KAISEKI_API_KEYS ?? [],
    allowAnonymous: values.KAISEKI_ALLOW_ANONYMOUS,
  }),
});
