import { expect, it } from 'vitest';
import { follow } from './following.testing.ts';

it('a round that fails is told when it is stopped, and nowhere before', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  const following = follow(1, () => Promise.reject(new Error('no pods')));
  // Node tells of unhandled rejections between two turns of its loop.
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
  await expect(following.stop()).rejects.toThrow('no pods');
});

it('goes on round after round, and ends after the one that is under way', async () => {
  let begun = 0;
  let ended = 0;
  const third = Promise.withResolvers<void>();
  const following = follow(1, async () => {
    begun++;
    if (begun === 3) third.resolve();
    await new Promise(setImmediate);
    ended++;
  });
  await third.promise;
  await following.stop();
  expect([begun, ended]).toEqual([3, 3]);
});
