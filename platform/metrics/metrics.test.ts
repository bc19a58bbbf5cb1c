import { describe, expect, it } from 'vitest';
import { Declarations } from './declare.ts';
import { createMetrics } from './metrics.ts';

describe('createMetrics', () => {
  it('knows nothing of another set in the same process', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.http.inFlight.set(5);
    expect(await one.render()).toContain('kaiseki_http_requests_in_flight 5');
    expect(await other.render()).toContain('kaiseki_http_requests_in_flight 0');
  });

  it('shows what a system declares beside its own', async () => {
    const declare = new Declarations();
    const metrics = createMetrics(declare);
    declare.gauge('kaiseki_oven_degrees', [], 'How hot the oven is.').set(180);
    expect(await metrics.render()).toContain('kaiseki_oven_degrees 180');
    expect(metrics.descriptions().map(({ name }) => name)).toContain('kaiseki_oven_degrees');
  });

  it('refreshes gauges before it renders, until told not to', async () => {
    const metrics = createMetrics();
    let depth = 1;
    const forget = metrics.beforeRender(() => metrics.http.inFlight.set(depth));
    expect(await metrics.render()).toContain('kaiseki_http_requests_in_flight 1');
    depth = 2;
    expect(await metrics.render()).toContain('kaiseki_http_requests_in_flight 2');
    forget();
    depth = 3;
    expect(await metrics.render()).toContain('kaiseki_http_requests_in_flight 2');
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
