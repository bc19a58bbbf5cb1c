/**
 * One migration at a time: a row that a lightweight transaction writes and that Cassandra lets expire, so that a process
 * that was killed holds up the next one for seconds, not for ever.
 */
import { createHash, randomUUID } from 'node:crypto';
import { type Client, policies, type QueryOptions, types } from 'cassandra-driver';
import type { Clock } from '#platform/clock/clock.ts';
import { applySchema } from './migrate-schema.ts';

/** How long a lock outlives its owner; the owner renews it three times as often. */
const LOCK_TTL_S = 15;
const POLL_MS = 500;
const WAIT_MS_MAX = 180_000;

/** Thrown when another migration holds the lock for too long, or took it over because this one stood still. */
export class MigrationLocked extends Error {
  override readonly name = 'MigrationLocked';
}

/**
 * Runs `work` while holding the lock of the client's keyspace. `work` calls `assertHeld` before every change.
 * @throws MigrationLocked
 */
export async function withMigrationLock<T>(client: Client, clock: Clock, work: (assertHeld: () => void) => Promise<T>): Promise<T> {
  const lock = migrationLock(client, clock, randomUUID());
  await lock.createTable();
  const deadline_ms = clock.monotonic_ms() + WAIT_MS_MAX;
  while (!(await lock.take())) {
    if (clock.monotonic_ms() > deadline_ms) throw new MigrationLocked(`another migration has held the lock for ${WAIT_MS_MAX / 1000} s`);
    await clock.sleep(POLL_MS);
  }
  const done = new AbortController();
  let held_until_ms = clock.monotonic_ms() + LOCK_TTL_S * 1000;
  const renewing = renew();
  try {
    return await work(() => {
      if (clock.monotonic_ms() > held_until_ms) throw new MigrationLocked('this migration stood still, and its lock expired');
    });
  } finally {
    done.abort();
    await renewing;
    await lock.release();
  }

  async function renew(): Promise<void> {
    while (!done.signal.aborted) {
      await clock.sleep((LOCK_TTL_S * 1000) / 3, done.signal);
      const asked_ms = clock.monotonic_ms();
      // A renewal that fails is made up for by the next one, or the lock expires and `assertHeld` says so.
      const renewed = !done.signal.aborted && (await lock.renew().catch(() => false));
      if (renewed) held_until_ms = asked_ms + LOCK_TTL_S * 1000;
    }
  }
}

function migrationLock(client: Client, clock: Clock, owner: string) {
  const once: QueryOptions = {
    isIdempotent: false,
    retry: new policies.retry.FallthroughRetryPolicy(),
    serialConsistency: types.consistencies.localSerial,
  };
  return {
    /**
     * Two nodes that are asked at once to create a table would each give it an id of its own, and neither would read
     * the other's rows. This table comes before any lock, so its id is made from its name.
     */
    async createTable(): Promise<void> {
      const query = `CREATE TABLE IF NOT EXISTS schema_lock (name text PRIMARY KEY, owner text) WITH ID = ${tableId(client.keyspace)}`;
      await applySchema(client, clock, query);
    },
    async take(): Promise<boolean> {
      const query = "INSERT INTO schema_lock (name, owner) VALUES ('migrate', ?) IF NOT EXISTS USING TTL ?";
      const result = await client.execute(query, [owner, LOCK_TTL_S], once);
      return result.wasApplied();
    },
    async renew(): Promise<boolean> {
      const query = "UPDATE schema_lock USING TTL ? SET owner = ? WHERE name = 'migrate' IF owner = ?";
      return (await client.execute(query, [LOCK_TTL_S, owner, owner], once)).wasApplied();
    },
    async release(): Promise<void> {
      await client.execute("DELETE FROM schema_lock WHERE name = 'migrate' IF owner = ?", [owner], once);
    },
  };
}

function tableId(keyspace: string): string {
  const hash = createHash('sha256').update(`${keyspace}.schema_lock`).digest('hex');
  return [hash.slice(0, 8), hash.slice(8, 12), `3${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`, hash.slice(20, 32)].join('-');
}
