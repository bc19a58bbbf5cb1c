/** Settings that only make sense together. */
import type { CheckContext } from './environment.ts';

/** Reports one of two variables that is set without the other. */
export function checkPair(one: string, other: string, { isSet, report }: CheckContext): void {
  if (isSet(one) && !isSet(other)) report(other, `must be set where ${one} is`);
  if (isSet(other) && !isSet(one)) report(one, `must be set where ${other} is`);
}

/** Reports variables that are set while the one that gives them a meaning is not: whoever set them meant it. */
export function checkOrphans(variables: readonly string[], needed: string, { isSet, report }: CheckContext): void {
  if (isSet(needed)) return;
  for (const name of variables) {
    if (isSet(name)) report(name, `is set, but ${needed} is not: set that too, or remove this`);
  }
}
