/** How counts become a preference. */

/**
 * A user's segment in a dimension after an order: the menu type ordered most; on a tie the user stays where they were.
 * Only the ordered menu type can have overtaken, so only it is compared.
 * @param counts the user's orders by menu type, this order included
 * @param segment where the user was; undefined before the first order in the dimension
 */
export function preferenceAfter(counts: ReadonlyMap<string, number>, segment: string | undefined, ordered: string): string {
  if (segment === undefined || segment === ordered) return ordered;
  return (counts.get(ordered) ?? 0) > (counts.get(segment) ?? 0) ? ordered : segment;
}
