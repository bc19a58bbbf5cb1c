/** The public keys of an issuer of ID tokens (JWKS, RFC 7517): asked for now and then, and still known while the issuer is away. */
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '#platform/clock/clock.ts';

/** How long an answer may take. */
const ANSWER_MS_MAX = 5_000;
/** How long keys are believed without a question. */
const FRESH_MS = 600_000;
/** How long keys are believed while the issuer does not answer. */
const KNOWN_MS_MAX = 86_400_000;
/** How long a key that is not among them is not asked for again. */
const UNKNOWN_PAUSE_MS = 30_000;
/** How long an issuer that has failed to answer is not asked again. */
const FAILURE_PAUSE_MS = 5_000;

interface KnownKeys {
  readonly find: JWTVerifyGetKey;
  /** When they came, on the monotonic clock. */
  readonly at_ms: number;
}

interface Failure {
  readonly error: unknown;
  readonly at_ms: number;
}

/** Finds the key of a token. It rejects with what went wrong where the issuer's keys are needed and cannot be had. */
export function issuerKeys(url: URL, clock: Clock): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url, { timeoutDuration: ANSWER_MS_MAX });
  let known: KnownKeys | undefined;
  let failure: Failure | undefined;

  /** Asks the issuer, where it has not just failed to answer. Those who ask at the same time share one question. */
  async function ask(): Promise<void> {
    if (failure && clock.monotonic_ms() - failure.at_ms < FAILURE_PAUSE_MS) return;
    try {
      await remote.reload();
      known = { find: createLocalJWKSet(remote.jwks() ?? { keys: [] }), at_ms: clock.monotonic_ms() };
      failure = undefined;
    } catch (error) {
      failure = { error, at_ms: clock.monotonic_ms() };
    }
  }

  const age_ms = () => (known ? clock.monotonic_ms() - known.at_ms : Number.POSITIVE_INFINITY);

  return async (header, token) => {
    if (age_ms() >= FRESH_MS) await ask();
    if (!known || age_ms() >= KNOWN_MS_MAX) throw failure?.error;
    try {
      return await known.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || age_ms() < UNKNOWN_PAUSE_MS) throw error;
    }
    await ask();
    // It may be one of those that came since.
    if (failure) throw failure.error;
    return known.find(header, token);
  };
}
