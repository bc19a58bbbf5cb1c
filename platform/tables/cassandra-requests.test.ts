import { Client } from 'cassandra-driver';
import { expect, it } from 'vitest';
import { createMetrics } from '#platform/metrics/metrics.ts';
import { measureQueue } from '#platform/metrics/queue.ts';
import { cassandraRequests } from './cassandra-requests.ts';

/** A client whose server never answers. */
class SilentClient extends Client {
  asked = 0;

  override execute(): Promise<never> {
    this.asked++;
    return new Promise(() => undefined);
  }
}

it('sends so many requests at once, lets so many wait, and refuses the rest', async () => {
  const client = new SilentClient({ contactPoints: ['127.0.0.1'], localDataCenter: 'datacenter1' });
  const requests = cassandraRequests(client, 'LOCAL_QUORUM');
  const metrics = createMetrics();
  measureQueue(requests.queue, metrics.tables, metrics);
  expect(await metrics.render()).toContain('kaiseki_tables_queue_requests 0\n');
  for (let request = 0; request < 96 + 20_000; request++) void requests.query('SELECT', []);
  await expect(requests.query('SELECT', [])).rejects.toThrow('20000 requests wait for Cassandra already');
  expect(client.asked).toBe(96);
  const rendered = await metrics.render();
  expect(rendered).toContain('kaiseki_tables_queue_requests 20000\n');
  expect(rendered).toContain('kaiseki_tables_queue_limit_requests 20000\n');
  await client.shutdown();
});
