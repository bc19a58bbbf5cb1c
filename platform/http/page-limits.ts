/**
 * How much pages may send. Whoever can open a page can send what it sends, a thousand times too: a publishable key and an
 * ID token let everybody in, so what they let in has limits. Each process counts for itself, from its start.
 */
import type { Clock } from '#platform/clock/clock.ts';
import type { GiveBack } from './caller.ts';
import { DailyCounts, untilTomorrow_ms } from './daily-counts.ts';
import { HttpProblem } from './problem.ts';
import { RateLimiter } from './rate-limit.ts';

export interface PageLimitSettings {
  /** Records of one user in a minute. */
  readonly perUser: number;
  /** Records from one address in a minute; behind one address may stand a whole mobile network. */
  readonly perAddress: number;
  /** Records with one publishable key, and of one user with ID tokens, in a day (UTC). */
  readonly perDay: number;
}

/** Users, addresses and names with a daily cap, of each so many: some 50 MB where the ids are as long as they may be. */
const NAMES_MAX = 100_000;

export class PageLimits {
  readonly #settings: PageLimitSettings;
  readonly #clock: Clock;
  readonly #users: RateLimiter;
  readonly #addresses: RateLimiter;
  readonly #daily = new DailyCounts(NAMES_MAX);

  constructor(settings: PageLimitSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#users = new RateLimiter({ perMinute: settings.perUser, names: NAMES_MAX });
    this.#addresses = new RateLimiter({ perMinute: settings.perAddress, names: NAMES_MAX });
  }

  /** A request counts as one record, whatever is in it: what is wrong costs work too. @throws HttpProblem 429 */
  knock(address: string): void {
    const wait_ms = this.#addresses.take(address, 1, this.#clock.monotonic_ms());
    if (wait_ms > 0) throw this.#tooManyOf(address, wait_ms);
  }

  /** Charges records that are not valid: where they are more than the address may send, its next requests have to wait. */
  charge(address: string, records: number): void {
    this.#addresses.charge(address, records, this.#clock.monotonic_ms());
  }

  /**
   * Counts records of these users, one entry for each record, all or none; the first of them has knocked.
   * @param sender who has a daily cap of its own: the publishable key, or the user of an ID token
   * @returns gives back what was not accepted after all, one entry for each record
   * @throws HttpProblem 429, with Retry-After where waiting helps
   */
  admit(sender: string, address: string, users: readonly string[]): GiveBack {
    const [now_ms, monotonic_ms] = [this.#clock.now_ms(), this.#clock.monotonic_ms()];
    const { perDay, perAddress } = this.#settings;
    if (this.#daily.of(sender, now_ms) + users.length > perDay) {
      throw tooMany(`This key or user has sent all that it may in a day: ${perDay} records.`, untilTomorrow_ms(now_ms));
    }
    // More than a minute's worth will never do: the record that has knocked is one of them.
    const isEver = users.length <= perAddress;
    const wait_ms = isEver ? this.#addresses.wait_ms(address, users.length - 1, monotonic_ms) : Number.POSITIVE_INFINITY;
    if (wait_ms > 0) throw this.#tooManyOf(address, wait_ms);
    const counts = countsOf(users);
    for (const [user, records] of counts) {
      const userWait_ms = this.#users.wait_ms(user, records, monotonic_ms);
      if (userWait_ms > 0) throw tooMany(`This user has sent too much: ${this.#settings.perUser} records a minute are taken.`, userWait_ms);
    }
    this.#addresses.charge(address, users.length - 1, monotonic_ms);
    for (const [user, records] of counts) this.#users.charge(user, records, monotonic_ms);
    this.#daily.add(sender, users.length, now_ms);
    return (unaccepted) => {
      const again_ms = this.#clock.monotonic_ms();
      for (const [user, records] of countsOf(unaccepted)) this.#users.charge(user, -records, again_ms);
      this.#addresses.charge(address, -unaccepted.length, again_ms);
      this.#daily.giveBack(sender, unaccepted.length, now_ms);
    };
  }

  #tooManyOf(address: string, wait_ms: number): HttpProblem {
    return tooMany(`From ${address} came too much: ${this.#settings.perAddress} records a minute are taken from one address.`, wait_ms);
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
