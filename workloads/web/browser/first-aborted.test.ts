import { expect, it } from 'vitest';
import { firstAborted } from './first-aborted.ts';

it('is aborted with the first of its signals, for its reason, and listens to none of them any more', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const first = firstAborted([one.signal, other.signal]);
  expect(first.aborted).toBe(false);
  other.abort('other');
  one.abort('one');
  expect([first.aborted, first.reason]).toEqual([true, 'other']);
});

it('is aborted from its beginning where one of them is', () => {
  expect(firstAborted([new AbortController().signal, AbortSignal.abort('early')]).reason).toBe('early');
});
