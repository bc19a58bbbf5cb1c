import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addressOf, userAt } from './user-address.ts';

it('an address leads back to the user, whatever the id holds', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (userId) => userAt(addressOf(userId)) === userId));
  for (const userId of ['__proto__', 'a#b?c&d=e', '🍣', "'; DROP TABLE users", '%']) expect(userAt(addressOf(userId))).toBe(userId);
});

it('other addresses name nobody', () => {
  for (const fragment of ['', '#main', '#user=', '#user=%E3%81']) expect(userAt(fragment)).toBeUndefined();
});
