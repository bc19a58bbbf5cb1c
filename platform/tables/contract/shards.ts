/** Contract, part 4: a shard is claimed and committed by compare-and-set, and read as of one instant. */
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type ShardKey, type ShardState, type Tables, type TotalRow, UnwritableRow } from '../tables.ts';
import { compareTexts, ODD_TEXTS } from './definitions.ts';

const total = (period: string, name: string, first: number, second = 0): TotalRow => ({ period, name, figures: { first, second } });

function sorted(state: ShardState): ShardState {
  return { ...state, totals: state.totals.toSorted((a, b) => compareTexts(a.period, b.period) || compareTexts(a.name, b.name)) };
}

export function shardsContract(tables: () => Tables): void {
  const freshShard = (shard = 0): ShardKey => ({ fold: `fold-${randomUUID()}`, shard });
  const read = async (shard: ShardKey, periods: readonly string[] | 'every' = 'every') =>
    sorted(await tables().readShard(shard, periods, 'serial'));
  const claim = (shard: ShardKey, epoch: number, nextOffset: number, fingerprint = 'f1') =>
    tables().claimShard(shard, { epoch, nextOffset, fingerprint });
  const commit = (shard: ShardKey, epoch: number, base: number, next: number, totals: readonly TotalRow[] = []) =>
    tables().commitShard(shard, { epoch, base, next, totals });

  describe('claims', () => {
    it('a shard starts at nothing', async () => {
      const shard = freshShard();
      const nothing = { epoch: 0, nextOffset: 0, fingerprint: null, totals: [] };
      expect(await read(shard)).toEqual(nothing);
      expect(await read(shard, ['all', '2026-01-01'])).toEqual(nothing);
      expect(await tables().readShard(shard, ['all'], 'quorum')).toEqual(nothing);
    });

    it('a claim adds one to the epoch and keeps the rest', async () => {
      const shard = freshShard();
      expect(await claim(shard, 0, 0)).toEqual({ applied: true });
      expect(await read(shard)).toEqual({ epoch: 1, nextOffset: 0, fingerprint: 'f1', totals: [] });
      await commit(shard, 1, 0, 7, [total('all', 'washoku', 3, 2)]);
      expect(await claim(shard, 1, 7, 'f2')).toEqual({ applied: true });
      expect(await read(shard)).toEqual({ epoch: 2, nextOffset: 7, fingerprint: 'f2', totals: [total('all', 'washoku', 3, 2)] });
    });

    it('a claim of what no longer stands is refused, and told what does', async () => {
      const shard = freshShard();
      expect(await claim(shard, 3, 0)).toEqual({ applied: false, epoch: 0, nextOffset: 0 });
      expect(await claim(shard, 0, 5)).toEqual({ applied: false, epoch: 0, nextOffset: 0 });
      await claim(shard, 0, 0);
      await commit(shard, 1, 0, 9);
      expect(await claim(shard, 0, 0, 'other')).toEqual({ applied: false, epoch: 1, nextOffset: 9 });
      expect(await claim(shard, 1, 0, 'other')).toEqual({ applied: false, epoch: 1, nextOffset: 9 });
      expect(await claim(shard, 2, 9, 'other')).toEqual({ applied: false, epoch: 1, nextOffset: 9 });
      expect(await read(shard)).toEqual({ epoch: 1, nextOffset: 9, fingerprint: 'f1', totals: [] });
    });

    it('of claims at the same time only one wins, the first claim of all included', async () => {
      const shard = freshShard();
      for (const epoch of [0, 1, 2]) {
        const replies = await Promise.all(['a', 'b', 'c'].map((fingerprint) => claim(shard, epoch, 0, fingerprint)));
        expect(replies.filter((reply) => reply.applied)).toHaveLength(1);
        expect(replies.filter((reply) => !reply.applied)).toEqual(Array(2).fill({ applied: false, epoch: epoch + 1, nextOffset: 0 }));
        const winner = ['a', 'b', 'c'][replies.findIndex((reply) => reply.applied)];
        expect(await read(shard)).toEqual({ epoch: epoch + 1, nextOffset: 0, fingerprint: winner, totals: [] });
      }
    });

    it('shards and folds know nothing of each other, whatever their names', async () => {
      const run = randomUUID();
      const shards = [...ODD_TEXTS.map((text) => ({ fold: `${run}${text}`, shard: 0 })), { fold: `${run}${ODD_TEXTS[0]}`, shard: 1 }];
      for (const [index, shard] of shards.entries()) {
        expect(await claim(shard, 0, 0, `${shard.fold}`)).toEqual({ applied: true });
        await commit(shard, 1, 0, index + 1, [total('all', shard.fold, index)]);
      }
      for (const [index, shard] of shards.entries()) {
        expect(await read(shard)).toEqual({
          epoch: 1,
          nextOffset: index + 1,
          fingerprint: shard.fold,
          totals: [total('all', shard.fold, index)],
        });
      }
    });
  });

  describe('commits', () => {
    it('store next_offset and the totals that changed', async () => {
      const shard = freshShard(3);
      await claim(shard, 0, 0);
      const day = '2026-01-01';
      expect(await commit(shard, 1, 0, 10, [total('all', 'a', 4, 2), total('all', 'b', 1, 1), total(day, 'a', 4)])).toEqual({
        applied: true,
      });
      expect(await commit(shard, 1, 10, 2 ** 40, [total('all', 'b', 2, 0), total('2026-01-02', 'b', 1)])).toEqual({ applied: true });
      const state = { epoch: 1, nextOffset: 2 ** 40, fingerprint: 'f1' };
      const all = [total('all', 'a', 4, 2), total('all', 'b', 2, 0)];
      expect(await read(shard)).toEqual({ ...state, totals: [total(day, 'a', 4), total('2026-01-02', 'b', 1), ...all] });
      expect(await read(shard, ['all'])).toEqual({ ...state, totals: all });
      expect(await read(shard, ['2026-01-02', day])).toEqual({ ...state, totals: [total(day, 'a', 4), total('2026-01-02', 'b', 1)] });
      expect(await read(shard, ['2025-12-31'])).toEqual({ ...state, totals: [] });
      expect(await read(shard, [])).toEqual({ ...state, totals: [] });
    });

    it('keep whatever measures a total has, below zero too, and put its new figures in the place of all former ones', async () => {
      const shard = freshShard();
      await claim(shard, 0, 0);
      const odd = Object.fromEntries(ODD_TEXTS.map((measure, index) => [measure, index % 2 === 0 ? index : -index]));
      const large = { most: Number.MAX_SAFE_INTEGER, least: Number.MIN_SAFE_INTEGER };
      const names = (first: TotalRow['figures'], second: TotalRow['figures']): TotalRow[] => [
        { period: 'all', name: '', figures: first },
        { period: 'all', name: 'b', figures: second },
      ];
      for (const [index, totals] of [names(odd, large), names(large, {}), names({}, { other: 0 })].entries()) {
        expect(await commit(shard, 1, index, index + 1, totals)).toEqual({ applied: true });
        const state = await read(shard);
        expect(state).toEqual({ epoch: 1, nextOffset: index + 1, fingerprint: 'f1', totals });
        expect(state.totals.map(({ figures }) => Object.keys(figures).toSorted())).toEqual(
          totals.map(({ figures }) => Object.keys(figures).toSorted()),
        );
      }
    });

    it('refuse totals that would not come back as they were, and store nothing', async () => {
      const shard = freshShard();
      await claim(shard, 0, 0);
      const figure = (first: number) => [{ period: 'all', name: 'a', figures: { first } }];
      for (const totals of [
        ...[Number.NaN, 0.5, Number.POSITIVE_INFINITY, 2 ** 53].map(figure),
        [total('', 'a', 1)],
        [total('all', '\ud800', 1)],
        [{ period: 'all', name: 'a', figures: { '\ud800': 1 } }],
        [total('all', 'b', 1), total('all', 'a', 1), total('all', 'b', 1)],
      ]) {
        await expect(commit(shard, 1, 0, 5, totals)).rejects.toThrow(UnwritableRow);
      }
      expect(await read(shard)).toEqual({ epoch: 1, nextOffset: 0, fingerprint: 'f1', totals: [] });
    });

    it('without totals store next_offset alone', async () => {
      const shard = freshShard();
      await claim(shard, 0, 0);
      expect(await commit(shard, 1, 0, 5)).toEqual({ applied: true });
      expect(await read(shard)).toEqual({ epoch: 1, nextOffset: 5, fingerprint: 'f1', totals: [] });
    });

    it('are refused for a shard that nobody claimed', async () => {
      const shard = freshShard();
      expect(await commit(shard, 0, 0, 5, [total('all', 'a', 1)])).toEqual({ applied: false, epoch: 0, nextOffset: 0 });
      expect(await commit(shard, 1, 0, 5, [total('all', 'a', 1)])).toEqual({ applied: false, epoch: 0, nextOffset: 0 });
      expect(await read(shard)).toEqual({ epoch: 0, nextOffset: 0, fingerprint: null, totals: [] });
    });

    it('are refused for a stale epoch or base, change nothing, and tell what stands', async () => {
      const shard = freshShard();
      await claim(shard, 0, 0);
      await commit(shard, 1, 0, 5, [total('all', 'a', 1)]);
      expect(await commit(shard, 1, 0, 6, [total('all', 'a', 2)])).toEqual({ applied: false, epoch: 1, nextOffset: 5 });
      await claim(shard, 1, 5);
      expect(await commit(shard, 1, 5, 6, [total('all', 'a', 2), total('all', 'b', 1)])).toEqual({
        applied: false,
        epoch: 2,
        nextOffset: 5,
      });
      expect(await commit(shard, 3, 5, 6, [total('all', 'a', 2)])).toEqual({ applied: false, epoch: 2, nextOffset: 5 });
      expect(await read(shard)).toEqual({ epoch: 2, nextOffset: 5, fingerprint: 'f1', totals: [total('all', 'a', 1)] });
    });

    it('a commit sent again is refused with its own epoch and its own next_offset', async () => {
      const shard = freshShard();
      await claim(shard, 0, 0);
      await commit(shard, 1, 0, 5, [total('all', 'a', 1)]);
      expect(await commit(shard, 1, 0, 5, [total('all', 'a', 1)])).toEqual({ applied: false, epoch: 1, nextOffset: 5 });
    });

    it('of commits at the same time only one wins', async () => {
      const shard = freshShard();
      await claim(shard, 0, 0);
      const replies = await Promise.all([1, 2, 3].map((next) => commit(shard, 1, 0, next, [total('all', 'a', next)])));
      const winner = replies.findIndex((reply) => reply.applied) + 1;
      expect(replies.filter((reply) => reply.applied)).toHaveLength(1);
      expect(await read(shard)).toEqual({ epoch: 1, nextOffset: winner, fingerprint: 'f1', totals: [total('all', 'a', winner)] });
    });

    it('are seen whole: next_offset and every total of one instant', async () => {
      const shard = freshShard();
      await claim(shard, 0, 0);
      const periods = ['all', ...Array.from({ length: 9 }, (_, day) => `2026-01-0${day + 1}`)];
      const totals = (first: number) => periods.flatMap((period) => ['a', 'b', 'c'].map((name) => total(period, name, first)));
      let done = false;
      let seen = 0;
      const look = async (asked: readonly string[] | 'every', consistency: 'serial' | 'quorum') => {
        while (!done) {
          await setImmediate();
          const state = await tables().readShard(shard, asked, consistency);
          if (state.nextOffset === 0) continue;
          expect(sorted(state)).toEqual(sorted({ ...state, totals: totals(state.nextOffset) }));
          seen += 1;
        }
      };
      const readers = Promise.all([look('every', 'quorum'), look(periods, 'serial')]);
      try {
        for (let next = 1; next <= 60; next += 1) {
          expect(await commit(shard, 1, next - 1, next, totals(next))).toEqual({ applied: true });
          expect((await tables().readShard(shard, ['all'], 'serial')).nextOffset).toBe(next);
        }
      } finally {
        done = true;
        await readers;
      }
      expect(seen).toBeGreaterThan(0);
    });

    it('take thousands of totals at once, and give them back', async () => {
      const shard = freshShard();
      await claim(shard, 0, 0);
      const days = Array.from({ length: 500 }, (_, day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
      const totals = days.flatMap((day) => ['a', 'b', 'c', 'd'].map((name, index) => total(day, name, index)));
      expect(await commit(shard, 1, 0, 1, totals)).toEqual({ applied: true });
      const state = { epoch: 1, nextOffset: 1, fingerprint: 'f1', totals };
      expect(await read(shard)).toEqual(state);
      expect(await read(shard, days)).toEqual(state);
    });
  });
}
