/** The settings of a test that sends orders. Named as the options of `kaiseki replay`. */
import { readServers, type Servers } from '../servers.ts';
import type { Environment } from '../variables.ts';
import { Variables } from '../variables.ts';

export const PROFILES = ['replay', 'steady', 'ramp', 'spike', 'soak', 'hot'] as const;
export type ProfileName = (typeof PROFILES)[number];

/** Orders that ingest takes in one request. */
const BATCH_ORDERS_MAX = 10_000;
const RATE_MAX = 1_000_000;
/** What is read back at the end is read user by user. */
const USERS_MAX = 1_000_000;

export interface OrderSettings {
  readonly servers: Servers;
  readonly profile: ProfileName;
  /** Orders that the profile `replay` makes. */
  readonly orders: number;
  /** Orders a second; 0, in the profile `replay` only: as fast as they are taken. */
  readonly rate: number;
  /** Orders in one request; 1: each by itself. */
  readonly batch: number;
  /** How long the other profiles take, in seconds. */
  readonly duration_s: number;
  /** Customers, with Zipf's exponent, beside the one that has the share `hot` of all orders. */
  readonly users: number;
  readonly skew: number;
  readonly hot: number;
  /** The share of the orders that are sent twice. */
  readonly duplicates: number;
  /** The profile `replay` spreads its orders over so many days up to now; 0: each is made when it is sent. */
  readonly days: number;
  /** What decides the orders; undefined: drawn when the run begins. */
  readonly seed: number | undefined;
  /** Clients that send at once, at the most. */
  readonly vus: number;
  /** How long the end of the run waits for orders to be counted, in seconds. */
  readonly settle_s: number;
  /** Of a hundred requests, 95 must be answered within this, in milliseconds. */
  readonly p95_ms: number;
}

/** What a script sets unless the environment says otherwise. */
export interface OrderDefaults {
  readonly batch: number;
  readonly rate: number;
}

/** @throws Error that names every wrong variable */
export function readOrderSettings(environment: Environment, defaults: OrderDefaults): OrderSettings {
  const variables = new Variables(environment);
  const servers = readServers(variables);
  const profile = variables.choice('PROFILE', 'steady', PROFILES);
  const seed = variables.whole('SEED', -1, 0, Number.MAX_SAFE_INTEGER);
  const settings: OrderSettings = {
    servers,
    profile,
    orders: variables.whole('ORDERS', 10_000, 1, 1_000_000_000),
    rate: variables.whole('RATE', defaults.rate, 0, RATE_MAX),
    batch: variables.whole('BATCH', defaults.batch, 1, BATCH_ORDERS_MAX),
    duration_s: variables.duration_s('DURATION', profile === 'soak' ? 3_600 : 60),
    users: variables.whole('USERS', 1_000, 1, USERS_MAX),
    skew: variables.decimal('SKEW', 1, 0, 5),
    hot: variables.decimal('HOT', profile === 'hot' ? 0.5 : 0, 0, 1),
    duplicates: variables.decimal('DUPLICATES', 0, 0, 1),
    days: variables.whole('DAYS', 0, 0, 3_650),
    seed: seed < 0 ? undefined : seed,
    vus: variables.whole('VUS', 50, 1, 10_000),
    settle_s: variables.duration_s('SETTLE', 120),
    p95_ms: variables.whole('P95_MS', 500, 1, 60_000),
  };
  const mistakes = [
    settings.rate === 0 && profile !== 'replay' && 'RATE=0, as fast as they are taken, goes with PROFILE=replay only',
    environment.ORDERS && profile !== 'replay' && `ORDERS goes with PROFILE=replay; ${profile} takes DURATION`,
    environment.DURATION && profile === 'replay' && 'DURATION goes with the other profiles; replay takes ORDERS',
    settings.days > 0 && profile !== 'replay' && 'DAYS goes with PROFILE=replay only',
  ];
  for (const mistake of mistakes) if (mistake) variables.wrong(mistake);
  variables.mustBeRight();
  return settings;
}
