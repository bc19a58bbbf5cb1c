import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '#platform/clock/manual-clock.testing.ts';
import { Abandoned, FoldAlarm, type FoldedRecord } from '#platform/fold/outcome.ts';
import type { TotalRow } from '#platform/tables/tables.ts';
import { FoldWatch } from './fold-watch.ts';
import { createMetrics } from './metrics.ts';

function stage() {
  const clock = new ManualClock();
  const metrics = createMetrics();
  const lines: { level: number; msg: string }[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const newGeneration = 'Anew is elsewhere.';
  const watch = new FoldWatch({
    fold: 'orders',
    topic: 'order-logs',
    workload: 'counter',
    newGeneration,
    metrics: metrics.fold,
    logger,
    clock,
  });
  metrics.beforeRender(() => watch.refresh());
  const flush = (shard: number, counted: readonly FoldedRecord[], edges: readonly TotalRow[] = []) =>
    watch.flushed({
      shard,
      records: counted.length + 7,
      counted,
      refused: 4,
      redone: 1,
      repeated: 2,
      rejected: 3,
      skipped: 1,
      emitted: 0,
      edges,
      lookups: 0,
      cacheHits: 4,
      cacheMisses: 5,
      duration_ms: 20,
      nextOffset: 100,
    });
  return { clock, metrics, lines, watch, flush };
}

describe('FoldWatch', () => {
  it('counts what became of each record, and how long it took to be visible', async () => {
    const { clock, metrics, flush } = stage();
    const accepted_ms = clock.now_ms();
    clock.advance(240);
    flush(3, [
      { key: 'a', accepted_ms },
      { key: 'b', accepted_ms: accepted_ms + 200 },
    ]);
    const text = await metrics.render();
    for (const [outcome, records] of Object.entries({ counted: 2, refused: 4, redone: 1, repeated: 2, rejected: 3, skipped: 1 })) {
      expect(text).toContain(`kaiseki_fold_records_total{fold="orders",outcome="${outcome}"} ${records}\n`);
    }
    expect(text).toContain('kaiseki_fold_freshness_seconds_bucket{le="0.05",fold="orders"} 1\n');
    expect(text).toContain('kaiseki_fold_freshness_seconds_bucket{le="0.3",fold="orders"} 2\n');
    expect(text).toContain('kaiseki_fold_flush_duration_seconds_sum{fold="orders"} 0.02\n');
    expect(text).toContain('kaiseki_fold_flush_records_sum{fold="orders"} 9\n');
    expect(text).toContain('kaiseki_fold_state_cache_hits_total{fold="orders"} 4\n');
    expect(text).toContain('kaiseki_fold_state_cache_misses_total{fold="orders"} 5\n');
    expect(text).toContain('kaiseki_fold_next_offset{fold="orders",shard="3"} 100\n');
  });

  it('shows what was sent and heard along each edge, in the same terms at both ends, while it owns the shard', async () => {
    const { metrics, watch, flush } = stage();
    const edge = (name: string, records: number): TotalRow => ({ period: 'edges', name, figures: { records } });
    flush(3, [], [edge('sent/stock', 7), edge('sent/orders-delay-late', 2), edge('heard/stock', 6), edge('rejected/orders>late', 1)]);
    const text = await metrics.render();
    for (const [kind, from, topic, records] of [
      ['sent', 'orders', 'stock', 7],
      ['sent', 'orders', 'orders-delay-late', 2],
      ['heard', 'stock', 'order-logs', 6],
      ['rejected', 'orders', 'orders-delay-late', 1],
    ]) {
      expect(text).toContain(
        `kaiseki_fold_edge_records{fold="orders",shard="3",kind="${kind}",from="${from}",topic="${topic}"} ${records}\n`,
      );
    }
    watch.released(3);
    expect(await metrics.render()).not.toContain('kaiseki_fold_edge_records{');
    // Its next owner shows the same before it has flushed anything.
    watch.claimed(3, 2, 100, [edge('sent/stock', 7)]);
    expect(await metrics.render()).toContain(
      'kaiseki_fold_edge_records{fold="orders",shard="3",kind="sent",from="orders",topic="stock"} 7\n',
    );
    watch.released(3);
    expect(await metrics.render()).not.toContain('kaiseki_fold_edge_records{');
  });

  it('watches each delay: what came back, how late, and why it stands still', async () => {
    const { metrics, watch } = stage();
    watch.claimed(0, 1, 0, []);
    const late = watch.delay('late');
    late.started(1);
    late.overdue(1, 1_500);
    late.forwarded(3, 40);
    const text = await metrics.render();
    expect(text).toContain('kaiseki_delay_records_total{fold="orders",delay="late",outcome="forwarded"} 3\n');
    expect(text).toContain('kaiseki_delay_overdue_seconds{fold="orders",delay="late",partition="1"} 1.5\n');
    expect(text).toContain('kaiseki_delay_late_seconds_bucket{le="0.05",fold="orders",delay="late"} 1\n');
    expect(watch.readiness().every(({ ready }) => ready)).toBe(true);
    watch.delay('late').failed(1, new Error('no broker answers'));
    expect(watch.readiness()).toContainEqual({ name: 'delay late of orders, shard 1', ready: false, reason: 'no broker answers' });
    late.alarmed(1, new FoldAlarm('records_lost', 'records are gone.'));
    expect(await metrics.render()).toContain('kaiseki_fold_shard_alarm{fold="orders",delay="late",shard="1",kind="records_lost"} 1\n');
    late.released(1);
    expect(await metrics.render()).not.toMatch(/kaiseki_(delay_overdue_seconds|fold_shard_alarm)\{/);
  });

  it('tells the share of the busiest user and of the ten busiest, and names nobody', async () => {
    const { clock, metrics, watch, flush } = stage();
    const accepted_ms = clock.now_ms();
    const order = (key: string): FoldedRecord => ({ key, accepted_ms });
    flush(1, [...Array.from({ length: 50 }, () => order('hot')), ...Array.from({ length: 50 }, (_, user) => order(`user-${user}`))]);
    const text = await metrics.render();
    expect(text).toContain('kaiseki_fold_busiest_key_ratio{fold="orders",shard="1"} 0.5\n');
    expect(text).toMatch(/kaiseki_fold_top_ten_keys_ratio\{fold="orders",shard="1"\} 0\.59/);
    expect(text).not.toContain('hot"');
    expect(watch.hotKeys.top(1, 1)).toEqual([{ shard: 1, key: 'hot', records: 50, share: 0.5 }]);
    clock.advance(120_000);
    expect(await metrics.render()).toContain('kaiseki_fold_busiest_key_ratio{fold="orders",shard="1"} 0\n');
  });

  it('is not ready before the first claim, and stays ready when others take the shards', () => {
    const { watch } = stage();
    expect(watch.health.readiness()).toEqual([{ name: 'counter', ready: false, reason: expect.stringContaining('no shard') }]);
    watch.claimed(0, 1, 0, []);
    expect(watch.health.readiness()).toEqual([{ name: 'counter', ready: true, reason: 'shards claimed: 1' }]);
    watch.released(0);
    expect(watch.health.readiness()[0]?.ready).toBe(true);
  });

  it('says why a claim was given up until the shard is claimed again', async () => {
    const { metrics, lines, watch } = stage();
    watch.claimed(0, 1, 0, []);
    watch.abandoned(0, new Abandoned('unanswered', 'the tables stay silent'));
    expect(watch.health.readiness()).toEqual([{ name: 'counter, shard 0', ready: false, reason: 'the tables stay silent' }]);
    expect(await metrics.render()).toContain('kaiseki_fold_shard_owned{fold="orders",shard="0"} 0\n');
    watch.abandoned(0, new TypeError('a mistake'));
    expect(lines.at(-1)?.level).toBe(50);
    watch.claimed(0, 2, 0, []);
    expect(watch.health.readiness()[0]?.ready).toBe(true);
    const text = await metrics.render();
    expect(text).toContain('kaiseki_fold_abandons_total{fold="orders",reason="unanswered"} 1\n');
    expect(text).toContain('kaiseki_fold_abandons_total{fold="orders",reason="failure"} 1\n');
    expect(text).toContain('kaiseki_fold_shard_owned{fold="orders",shard="0"} 1\n');
  });

  it('is loud about an alarm, everywhere, until the shard is released', async () => {
    const { clock, metrics, lines, watch } = stage();
    watch.claimed(4, 1, 0, []);
    watch.claimed(5, 1, 0, []);
    watch.alarmed(4, new FoldAlarm('group_ahead', 'the group is ahead.'));
    expect(watch.health.readiness()).toEqual([{ name: 'counter, shard 4', ready: false, reason: 'the group is ahead.' }]);
    clock.advance(250);
    await expect
      .poll(() => lines.at(-1))
      .toMatchObject({
        level: 60,
        shards: [4],
        msg: 'ALARM: the group is ahead. This shard counts nothing until then.',
      });
    expect(await metrics.render()).toContain('kaiseki_fold_shard_alarm{fold="orders",shard="4",kind="group_ahead"} 1\n');
    watch.released(4);
    expect(await metrics.render()).not.toContain('kaiseki_fold_shard_alarm{');
    expect(watch.health.readiness()[0]?.ready).toBe(true);
  });

  it('tells an alarm of many shards once, with what a new generation is, and another one apart', async () => {
    const { clock, metrics, lines, watch } = stage();
    for (const shard of [2, 0, 1]) watch.alarmed(shard, new FoldAlarm('configuration', `shard ${shard} refuses this configuration: why.`));
    watch.alarmed(3, new FoldAlarm('group_ahead', 'the group is ahead.'));
    expect(lines).toEqual([]);
    clock.advance(250);
    await expect
      .poll(() => lines.map(({ msg }) => msg))
      .toEqual([
        'ALARM: shard 0 refuses this configuration: why. Anew is elsewhere. The same holds for the shards 1, 2. They all count nothing until then.',
        'ALARM: the group is ahead. This shard counts nothing until then.',
      ]);
    expect(watch.health.readiness()).toHaveLength(4);
    for (const shard of [0, 1, 2]) {
      expect(await metrics.render()).toContain(`kaiseki_fold_shard_alarm{fold="orders",shard="${shard}",kind="configuration"} 1\n`);
    }
  });

  it('tells an alarm before its shard is released', () => {
    const { lines, watch } = stage();
    watch.alarmed(0, new FoldAlarm('group_ahead', 'the group is ahead.'));
    watch.released(0);
    expect(lines.map(({ level }) => level)).toEqual([60, 30]);
  });
});
