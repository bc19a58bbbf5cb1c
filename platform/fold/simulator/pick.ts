import type { Random } from '#platform/random/random.ts';

/** One of the items, of which there must be at least one. */
export function pick<T>(random: Random, items: readonly T[]): T {
  if (items.length === 0) throw new Error('nothing to pick from');
  return items[random.below(items.length)] as T;
}
