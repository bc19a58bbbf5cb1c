/** Pages of other origins: which may ask, with what, and how much they may send. */
import { z } from 'zod';
import type { AccessSettings } from '#platform/http/access.ts';
import { originOf } from '#platform/http/origins.ts';
import { PUBLISHABLE, type PublishableKey } from '#platform/http/publishable-keys.ts';
import type { CheckContext } from './environment.ts';
import { checkOrphans } from './together.ts';
import { text, wholeNumber } from './variables.ts';

/** Long enough for two pages not to have the same one by chance. */
const PUBLISHABLE_CHARACTERS_MIN = 16;
const ORIGINS = 'must be origins such as https://shop.example, separated by commas; entry';

const origins = z.string().transform((written, context) =>
  written.split(',').map((entry, index) => {
    const origin = originOf(entry.trim());
    if (origin === undefined) context.addIssue(`${ORIGINS} ${index + 1} is none`);
    return origin ?? '';
  }),
);

const publishableKeys = z.string().transform((written, context): PublishableKey[] => {
  const all = new Map<string, string[]>();
  for (const [index, entry] of written.split(',').entries()) {
    const [, key = '', page = ''] = /^([\w-]+)@(.+)$/.exec(entry.trim()) ?? [];
    const origin = originOf(page);
    if (!key.startsWith(PUBLISHABLE) || key.length < PUBLISHABLE_CHARACTERS_MIN || origin === undefined) {
      context.addIssue(
        `must be key@origin,key@origin with keys that begin with ${PUBLISHABLE} and have ${PUBLISHABLE_CHARACTERS_MIN} characters at least (letters, digits, _ and -, which may stand in an address); entry ${index + 1} is not`,
      );
    } else all.set(key, [...(all.get(key) ?? []), origin]);
  }
  return [...all].map(([key, itsOrigins]) => ({ key, origins: itsOrigins }));
});

/** An address that nobody on the way can change what it answers. */
const keysUrl = z.string().refine((written) => {
  const url = URL.parse(written);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname));
}, 'must be an https address (or one of this machine)');

export const pageVariables = {
  KAISEKI_ORIGINS: origins.optional().meta({
    description:
      'Other origins, separated by commas, whose pages may ask: they send, read and watch as far as their key or token goes. Pages of this server always may; behind a proxy that does not pass the Host header on, its origin has to be listed too. It is no leave to reach this server under their names: where that is answered with 421, KAISEKI_API_KEYS or KAISEKI_ALLOW_ANONYMOUS is.',
    example: 'https://shop.example,https://mini.example',
  }),
  KAISEKI_PUBLISHABLE_KEYS: publishableKeys.optional().meta({
    description: `Keys that stand in a page for everybody to see, as key@origin separated by commas; a key of several origins is there several times. They begin with ${PUBLISHABLE}, send and do nothing else, from pages of their origins (all of them in KAISEKI_ORIGINS), within the limits below. Whoever is no browser can say that it is such a page: such a key only keeps others out who do not mean harm.`,
    example: 'pk_snack-shop-01234567@https://shop.example',
  }),
  KAISEKI_ID_TOKEN_ISSUER: text().optional().meta({
    description:
      'Whose ID tokens (OpenID Connect) are taken, for the role ingest, as `iss` has it. What is sent with one is its subject’s, whatever `user_id` says. Not together with KAISEKI_PUBLISHABLE_KEYS, with which a page may say any user.',
    example: 'https://access.line.me',
  }),
  KAISEKI_ID_TOKEN_AUDIENCE: text().optional().meta({
    description: 'For whom those tokens must be, as `aud` has it: the id of a LINE channel, the client id elsewhere.',
    example: '1234567890',
  }),
  KAISEKI_ID_TOKEN_KEYS_URL: keysUrl.optional().meta({
    description:
      'Where the public keys of that issuer are (JWKS); asked for when they are needed, and kept for ten minutes, or for a day while the issuer is away.',
    example: 'https://api.line.me/oauth2/v2.1/certs',
  }),
  KAISEKI_PAGE_RECORDS_PER_USER: wholeNumber(1, 1_000_000)
    .prefault('60')
    .describe(
      'Records of one user that pages may send at once, and in a minute after that, with publishable keys and ID tokens; more are refused with 429. Each process counts for itself.',
    ),
  KAISEKI_PAGE_RECORDS_PER_ADDRESS: wholeNumber(1, 1_000_000)
    .prefault('600')
    .describe('The same for one address (of IPv6: one network of 64 bits). Behind one may stand a whole mobile network.'),
  KAISEKI_PAGE_RECORDS_PER_DAY: wholeNumber(1, 1_000_000_000)
    .prefault('100000')
    .describe(
      'The same in a day (UTC): for one publishable key, whoever sends with it, and for each user of ID tokens by themselves, so that nobody uses up what others may send.',
    ),
  KAISEKI_PROXIES: wholeNumber(0, 10)
    .prefault('0')
    .describe(
      'How many proxies of your own stand before this server and add to X-Forwarded-For the address that they see. With too few, all clients have the address of a proxy; with too many, a client can choose its own.',
    ),
};

type PageValues = z.infer<z.ZodObject<typeof pageVariables>>;
type PageSettings = Pick<AccessSettings, 'origins' | 'publishableKeys' | 'idTokens' | 'pageLimits' | 'proxies'>;

/** A page's key is for those who have none: where there is no other, everybody may do everything, and it would limit nobody. */
export function checkPages(values: Partial<PageValues>, context: CheckContext): void {
  const tokens = ['KAISEKI_ID_TOKEN_ISSUER', 'KAISEKI_ID_TOKEN_AUDIENCE', 'KAISEKI_ID_TOKEN_KEYS_URL'];
  checkOrphans(['KAISEKI_PUBLISHABLE_KEYS', ...tokens], 'KAISEKI_API_KEYS', context);
  const missing = tokens.filter((name) => !context.isSet(name));
  if (missing.length < tokens.length)
    for (const name of missing) context.report(name, 'must be set where the other two of KAISEKI_ID_TOKEN_… are');
  if (context.isSet('KAISEKI_PUBLISHABLE_KEYS') && missing.length < tokens.length) {
    context.report(
      'KAISEKI_PUBLISHABLE_KEYS',
      'must not be set together with KAISEKI_ID_TOKEN_…: with such a key, a page could send under any user’s name',
    );
  }
  const listed = values.KAISEKI_ORIGINS ?? [];
  const bound = (values.KAISEKI_PUBLISHABLE_KEYS ?? []).flatMap((one) => one.origins);
  for (const origin of new Set(bound)) {
    if (!listed.includes(origin))
      context.report('KAISEKI_ORIGINS', `must list ${origin}, to which a key of KAISEKI_PUBLISHABLE_KEYS is bound`);
  }
}

export function pageSettings(values: PageValues): PageSettings {
  const { KAISEKI_ID_TOKEN_ISSUER: issuer, KAISEKI_ID_TOKEN_AUDIENCE: audience, KAISEKI_ID_TOKEN_KEYS_URL: url } = values;
  return {
    origins: values.KAISEKI_ORIGINS ?? [],
    publishableKeys: values.KAISEKI_PUBLISHABLE_KEYS ?? [],
    idTokens: issuer && audience && url ? { issuer, audience, keysUrl: url } : undefined,
    pageLimits: {
      perUser: values.KAISEKI_PAGE_RECORDS_PER_USER,
      perAddress: values.KAISEKI_PAGE_RECORDS_PER_ADDRESS,
      perDay: values.KAISEKI_PAGE_RECORDS_PER_DAY,
    },
    proxies: values.KAISEKI_PROXIES,
  };
}
