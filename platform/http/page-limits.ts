/**
 * How much pages may send. Whoever can open a page can send what it sends, a thousand times too: a publishable key and an
 * ID token let everybody in, so what they let in has limits. Each process counts for itself, from its start.
 */
import type { Clock } from '#platform/clock/clock.ts';
import { HttpProblem } from './problem.ts';
import { RateLimiter } from './rate-limit.ts';

export interface PageLimitSettings {
  /** Records of one user in a minute. */
  readonly perUser: number;
  /** Records from one address in a minute; behind one address may stand a whole mobile network. */
  readonly perAddress: number;
  /** Records with one publishable key, and with all ID tokens together, in a day (UTC). */
  readonly perDay: number;
}

/** Users and addresses that are remembered: some 30 MB where the ids are as long as they may be. */
const NAMES_MAX = 100_000;
const DAY_MS = 86_400_000;

export class PageLimits {
  readonly #settings: PageLimitSettings;
  readonly #clock: Clock;
  readonly #users: RateLimiter;
  readonly #addresses: RateLimiter;
  /** Records of this day, by the key; there are as many as are configured. */
  readonly #today = new Map<string, number>();
  #day = 0;

  constructor(settings: PageLimitSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#users = new RateLimiter({ perMinute: settings.perUser, names: NAMES_MAX });
    this.#addresses = new RateLimiter({ perMinute: settings.perAddress, names: NAMES_MAX });
  }

  /**
   * Counts records of these users, one entry for each record, all or (but for the address) none.
   * @param key the publishable key, or one name for all ID tokens
   * @throws HttpProblem 429, with Retry-After where waiting helps
   */
  admit(key: string, address: string, users: readonly string[]): void {
    const now_ms = this.#clock.now_ms();
    const sent = this.#sentToday(key, now_ms) + users.length;
    if (sent > this.#settings.perDay) throw tooMany('This key has sent all that it may in a day.', DAY_MS - (now_ms % DAY_MS));
    const wait_ms = this.#addresses.take(address, users.length, now_ms);
    if (wait_ms > 0) throw tooMany(`From one address come ${this.#settings.perAddress} records a minute at the most.`, wait_ms);
    for (const [user, records] of countsOf(users)) {
      const userWait_ms = this.#users.take(user, records, now_ms);
      if (userWait_ms > 0) throw tooMany(`Of one user come ${this.#settings.perUser} records a minute at the most.`, userWait_ms);
    }
    this.#today.set(key, sent);
  }

  #sentToday(key: string, now_ms: number): number {
    const day = Math.floor(now_ms / DAY_MS);
    if (day !== this.#day) this.#today.clear();
    this.#day = day;
    return this.#today.get(key) ?? 0;
  }
}

function countsOf(users: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const user of users) counts.set(user, (counts.get(user) ?? 0) + 1);
  return counts;
}

function tooMany(detail: string, wait_ms: number): HttpProblem {
  const headers = Number.isFinite(wait_ms) ? { 'Retry-After': String(Math.ceil(wait_ms / 1_000)) } : {};
  return new HttpProblem('too-many-requests', detail, { headers });
}
