/** Waiting for what is counted behind the answer. */
import { sleep } from 'k6';

const POLL_S = 0.5;

export interface SettleOptions {
  /** What the readings come to when all is counted. */
  readonly expected: number;
  /** After so long without any change nothing more is waited for, in seconds. */
  readonly quiet_s: number;
  /** In milliseconds since the epoch. */
  readonly deadline_ms: number;
}

/** Reads until `expected` is there, nothing has changed for long, or time is up; the last reading either way. */
export function settle<Reading>(read: () => Reading, size: (reading: Reading) => number, options: SettleOptions): Reading {
  let reading = read();
  let changed_ms = Date.now();
  for (;;) {
    const now_ms = Date.now();
    if (size(reading) >= options.expected || now_ms > options.deadline_ms) return reading;
    if (now_ms - changed_ms > options.quiet_s * 1_000) return reading;
    sleep(POLL_S);
    const before = size(reading);
    reading = read();
    if (size(reading) !== before) changed_ms = Date.now();
  }
}
