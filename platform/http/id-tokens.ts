/** ID tokens (OpenID Connect Core 1.0): the issuer vouches for a user, so that what is sent is theirs whatever the page says. */
import { errors, jwtVerify } from 'jose';
import type { Clock } from '#platform/clock/clock.ts';
import type { Caller } from './caller.ts';
import { issuerKeys } from './issuer-keys.ts';
import type { PageLimits } from './page-limits.ts';
import { HttpProblem, unauthorized, unavailable } from './problem.ts';
import type { Role } from './route.ts';

export interface IdTokenSettings {
  /** What `iss` must be: `https://access.line.me`. */
  readonly issuer: string;
  /** What `aud` must be: for LINE the id of the channel. */
  readonly audience: string;
  /** Where the issuer's public keys are (JWKS). */
  readonly keysUrl: string;
}

/** No secret that both sides know: whoever may check tokens could make them. */
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA', 'Ed25519'];
/** How far the clocks may be apart, in seconds. */
const CLOCKS_APART_S = 60;

/** Who sends with a token. @throws HttpProblem 401 for one that does not hold, 403 for another role, 503 while the issuer's keys cannot be had */
export type IdTokenCheck = (token: string, role: Role, address: string) => Promise<Caller>;

export function idTokenCheck(settings: IdTokenSettings, limits: PageLimits, clock: Clock): IdTokenCheck {
  const { issuer, audience } = settings;
  const keys = issuerKeys(new URL(settings.keysUrl), clock);
  const rules = { issuer, audience, algorithms: ALGORITHMS, clockTolerance: CLOCKS_APART_S, requiredClaims: ['sub', 'exp', 'iat'] };
  return async (token, role, address) => {
    if (role !== 'ingest') throw new HttpProblem('forbidden', `This needs a key of the role ${role}; an ID token only sends.`);
    const subject = await jwtVerify(token, keys, { ...rules, currentDate: new Date(clock.now_ms()) }).then(
      ({ payload }) => payload.sub,
      (error: unknown) => {
        throw refusalOf(error);
      },
    );
    if (typeof subject !== 'string' || subject === '') throw unauthorized('The ID token names no user.');
    limits.knock(address);
    return {
      name: 'ID token',
      subject,
      admit: (users) => limits.admit(`user ${subject}`, address, users),
      charge: (records) => limits.charge(address, records),
    };
  };
}

/** Whether a credential has the shape of a token: three parts, of which no API key of this server's making is one. */
export function looksLikeToken(credential: string): boolean {
  const first = credential.indexOf('.');
  const second = credential.indexOf('.', first + 1);
  return credential.startsWith('ey') && first > 0 && second > first + 1 && !credential.includes('.', second + 1);
}

/** What is wrong with the token is its sender's; that the keys cannot be had is not. */
function refusalOf(error: unknown): HttpProblem {
  if (error instanceof errors.JWTExpired) return unauthorized('The ID token has expired; get a new one.');
  if (error instanceof errors.JWTClaimValidationFailed) return unauthorized(`The ID token does not hold: its ${error.claim} is another.`);
  const isKeys = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
  const isToken = error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC';
  if (isToken && !isKeys) return unauthorized('The ID token does not hold.');
  return unavailable('The keys of the issuer of ID tokens cannot be had now.', { cause: error });
}
