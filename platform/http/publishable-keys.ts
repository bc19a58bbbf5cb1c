/** Publishable keys: a page cannot keep a secret, so its key is none. It sends and does nothing else, from its origins, within limits. */
import type { Caller } from './caller.ts';
import { Origins } from './origins.ts';
import type { PageLimits } from './page-limits.ts';
import { HttpProblem } from './problem.ts';
import type { Role } from './route.ts';

/** Whoever sees such a key knows that it may be seen. */
export const PUBLISHABLE = 'pk_';

export interface PublishableKey {
  /** Begins with `pk_`. */
  readonly key: string;
  /** The origins of the pages that send it, as `originOf` spells them. */
  readonly origins: readonly string[];
}

export interface PageRequest {
  readonly origin: string | undefined;
  readonly address: string;
}

/** Who sends with a publishable key; undefined for one that is not known. @throws HttpProblem 403 for another role or page */
export type PublishableKeyCheck = (key: string, role: Role, request: PageRequest) => Caller | undefined;

export function publishableKeyCheck(keys: readonly PublishableKey[], limits: PageLimits): PublishableKeyCheck {
  const known = new Map(keys.map(({ key, origins }) => [key, new Origins(origins)]));
  return (key, role, { origin, address }) => {
    const origins = known.get(key);
    if (!origins) return undefined;
    if (role !== 'ingest') throw new HttpProblem('forbidden', `This needs a key of the role ${role}; a publishable key only sends.`);
    if (origin === undefined) throw new HttpProblem('forbidden', 'A publishable key is for pages, and this request names no Origin.');
    if (!origins.has(origin)) {
      throw new HttpProblem('forbidden', 'This publishable key is for pages of other origins; KAISEKI_PUBLISHABLE_KEYS says of which.');
    }
    limits.knock(address);
    return {
      name: `publishable key ${key}`,
      admit: (users) => limits.admit(key, address, users),
      charge: (records) => limits.charge(address, records),
    };
  };
}
