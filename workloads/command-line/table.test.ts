import { expect, it } from 'vitest';
import { formatTable } from './table.ts';

it('aligns numbers to the right and texts to the left', () => {
  expect(
    formatTable(
      ['GROUP', 'LAG'],
      [
        ['counter', 5],
        ['c', '-'],
        ['a', 12_345],
      ],
    ),
  ).toBe(['GROUP      LAG', 'counter      5', 'c            -', 'a        12345', ''].join('\n'));
  expect(formatTable(['GROUP', 'LAG'], [])).toBe('GROUP  LAG\n');
});
