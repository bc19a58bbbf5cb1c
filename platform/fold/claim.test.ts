import { describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { claimShard, WHOLE_FOLD } from './claim.ts';
import { createStand, type Stand } from './fold.testing.ts';
import { tradeFold } from './pipeline/trade.testing.ts';
import { PipelineWatch } from './pipeline/watch.testing.ts';

/** A shard's first claim, by a process that waits so long for the stock. */
function claim({ tables, log, limits, budget }: Stand, shard: number, deadline_ms: number) {
  const definition = tradeFold(deadline_ms);
  return claimShard({ definition, tables, log, limits, budget, clock: systemClock, observer: new PipelineWatch() }, shard);
}

describe('the first claims of the shards of a new fold', () => {
  it('pin one configuration for all of them', async () => {
    const stand = createStand();
    await claim(stand, 0, 1_000);
    await claim(stand, 1, 1_000);
    const pinned = [0, 1, WHOLE_FOLD].map((shard) => stand.memory.readShard({ fold: 'trade', shard }, []).fingerprint);
    expect(pinned).toEqual(['deadline 1000', 'deadline 1000', 'deadline 1000']);
  });

  it('refuse another one on another shard, which stays unclaimed', async () => {
    const stand = createStand();
    await claim(stand, 0, 1_000);
    await expect(claim(stand, 1, 2_000)).rejects.toMatchObject({
      name: 'FoldAlarm',
      kind: 'configuration',
      message: 'another shard of trade refuses this configuration: it runs with deadline 2000, but deadline 1000 is pinned',
    });
    expect(stand.memory.readShard({ fold: 'trade', shard: 1 }, [])).toMatchObject({ epoch: 0, fingerprint: null });
  });

  it('cannot share the fold out between two configurations, though they look at the same moment', async () => {
    const stand = createStand();
    const [one, other] = await Promise.allSettled([claim(stand, 0, 1_000), claim(stand, 1, 2_000)]);
    expect(one.status).toBe('fulfilled');
    expect(other).toMatchObject({ status: 'rejected', reason: { name: 'FoldAlarm', kind: 'configuration' } });
  });
});
