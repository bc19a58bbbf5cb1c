/** Parameters that several routes of the API take. */
import { z } from 'zod';
import { wholeNumberParameter } from '#platform/http/parameters.ts';
import { HttpProblem } from '#platform/http/problem.ts';
import type { Menu } from '../menu.ts';

/** A dimension of the menu; its first one unless named. */
export function dimensionParameter(menu: Menu) {
  const names = menu.dimensions.map((dimension) => dimension.name);
  return z
    .enum(names, { error: `must be one of ${names.join(', ')}` })
    .default(names[0] as string)
    .describe('A dimension of the menu.');
}

/** How many items a page has. */
export function limitParameter(standard: number, max: number) {
  return wholeNumberParameter(1, max).default(standard).describe(`Items at the most, up to ${max}.`);
}

/** `true` or `false`; false unless said. */
export const flagParameter = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .default('false')
  .transform((written) => written === 'true')
  .pipe(z.boolean());

/** Where the page before ended. */
export const cursorParameter = z.string().max(4_096).optional().describe('The `next_cursor` of the page before.');

/** @throws HttpProblem (404) for a segment that is not on the menu */
export function mustBeSegment(menu: Menu, segment: string): void {
  if (menu.dimensionOf(segment) !== undefined) return;
  throw new HttpProblem('not-found', `There is no segment ${JSON.stringify(segment)}; there are ${menu.menuTypes.join(', ')}.`);
}
