import { Client } from 'cassandra-driver';
import { expect, it } from 'vitest';
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
  for (let request = 0; request < 96 + 20_000; request++) void requests.query('SELECT', []);
  await expect(requests.query('SELECT', [])).rejects.toThrow('20000 requests wait for Cassandra already');
  expect(client.asked).toBe(96);
  await client.shutdown();
});
