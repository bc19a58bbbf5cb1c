import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';
import { measureQueue } from './queue.ts';

it('shows a queue as it is now, until told to end', async () => {
  const metrics = createMetrics();
  let waiting = 3;
  const forget = measureQueue({ limit: 10, waiting: () => waiting }, metrics.tables, metrics);
  const before = await metrics.render();
  expect(before).toContain('kaiseki_tables_queue_requests 3\n');
  expect(before).toContain('kaiseki_tables_queue_limit_requests 10\n');
  waiting = 4;
  expect(await metrics.render()).toContain('kaiseki_tables_queue_requests 4\n');
  forget();
  waiting = 5;
  expect(await metrics.render()).toContain('kaiseki_tables_queue_requests 4\n');
});
