import { describe, expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

describe('createMetrics', () => {
  it('declares every metric with the prefix, a help text, base units and no label that could hold a user', () => {
    const { descriptions } = createMetrics();
    expect(descriptions.length).toBeGreaterThan(30);
    for (const { name, type, labels, help } of descriptions) {
      expect(name).toMatch(/^kaiseki_[a-z][a-z0-9_]*$/);
      expect(name).not.toMatch(/_(ms|milliseconds|minutes|kilobytes|percent)(_|$)/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(help).toMatch(/^[^\s].+\.$/s);
      for (const label of labels) expect(label).not.toMatch(/user|key|order_id/);
    }
  });

  it('knows nothing of another set in the same process', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.ingest.accepted.inc(5);
    expect(await one.render()).toContain('kaiseki_ingest_orders_accepted_total 5');
    expect(await other.render()).toContain('kaiseki_ingest_orders_accepted_total 0');
  });

  it('refreshes gauges before it renders, until told not to', async () => {
    const metrics = createMetrics();
    let depth = 1;
    const forget = metrics.beforeRender(() => metrics.ingest.queueOrders.set(depth));
    expect(await metrics.render()).toContain('kaiseki_ingest_queue_orders 1');
    depth = 2;
    expect(await metrics.render()).toContain('kaiseki_ingest_queue_orders 2');
    forget();
    depth = 3;
    expect(await metrics.render()).toContain('kaiseki_ingest_queue_orders 2');
  });

  it('adds those of the process under the same prefix', async () => {
    const metrics = createMetrics();
    metrics.addProcess('1.2.3');
    const text = await metrics.render();
    expect(text).toContain(`kaiseki_build_info{version="1.2.3",node="${process.version}"} 1`);
    expect(text).toContain('kaiseki_process_resident_memory_bytes ');
    expect(text).toContain('kaiseki_nodejs_eventloop_lag_seconds ');
  });
});
