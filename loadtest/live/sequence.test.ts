import { expect, it } from 'vitest';
import { missedBefore, type Push } from './sequence.ts';

const push = (type: Push['type'], sequence: number, stream = 's1'): Push => ({ type, stream, sequence });

it.each([
  ['the first snapshot', push('snapshot', 7), undefined, 0],
  ['the next change', push('change', 8), push('snapshot', 7), 0],
  ['a sign of life', push('change', 8), push('change', 8), 0],
  ['a gap of two', push('change', 11), push('change', 8), 2],
  ['a snapshot that skips ahead', push('snapshot', 20), push('change', 8), 0],
  ['a change without a snapshot', push('change', 1), undefined, 1],
  ['a change of another run of the server', push('change', 1, 's2'), push('change', 8), 1],
])('%s', (_, next, last, missed) => {
  expect(missedBefore(next, last)).toBe(missed);
});
