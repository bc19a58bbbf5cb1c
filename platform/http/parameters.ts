/** Kinds of path and query parameters. */
import { z } from 'zod';

/** A whole number from `min` to `max`, in decimal digits: `0x10`, `1e3`, ` 5` and nothing at all are none. */
export function wholeNumberParameter(min: number, max: number) {
  const wrong = `must be a whole number from ${min} to ${max}`;
  return z
    .string(wrong)
    .regex(/^\d{1,9}$/, { error: wrong, abort: true })
    .transform(Number)
    .pipe(z.int().min(min, wrong).max(max, wrong));
}
