import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { openEmbeddedLog } from '#platform/log/embedded.ts';
import { logContract } from '#platform/log/log.contract.ts';
import { openEmbeddedTables } from '#platform/tables/embedded.ts';
import { tablesContract } from '#platform/tables/tables.contract.ts';
import { BadCursor, defineTable, put } from '#platform/tables/tables.ts';
import { measureLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { measureTables } from './tables.ts';

const directory = await mkdtemp(join(tmpdir(), 'kaiseki-measured-'));
afterAll(() => rm(directory, { recursive: true, force: true }));

async function openLog(metrics = createMetrics()) {
  return measureLog(await openEmbeddedLog({ directory, clock: systemClock }), metrics.log, systemClock);
}

async function openTables(metrics = createMetrics()) {
  return measureTables(await openEmbeddedTables({ directory }), metrics, systemClock);
}

logContract('measured', () => openLog());
tablesContract('measured', () => openTables());

const users = defineTable({
  name: 'measured_users',
  columns: { bucket: 'int', user_id: 'text' },
  partitionKey: ['bucket'],
  clusteringKey: ['user_id'],
});

describe('a measured log', () => {
  it('counts what was appended, timed each call, and counts those that failed', async () => {
    const metrics = createMetrics();
    await using opened = new AsyncDisposableStack();
    const log = await openLog(metrics);
    opened.defer(() => log.close());
    await log.createTopics([{ name: 'measured', partitions: 1, cleanup: 'delete', retention_ms: -1, purpose: 'A test.' }]);
    const record = { key: 'a', value: 'b', timestamp_ms: 0 };
    await log.append('measured', [record, record]);
    await log.append('measured', [record]);
    await expect(log.append('nowhere', [record])).rejects.toThrow();
    const text = await metrics.render();
    expect(text).toContain('kaiseki_log_records_appended_total{topic="measured"} 3\n');
    expect(text).toContain('kaiseki_log_operation_duration_seconds_count{operation="append",topic="measured"} 2\n');
    expect(text).toContain('kaiseki_log_operation_failures_total{operation="append",topic="nowhere"} 1\n');
    expect(text).toContain('kaiseki_log_records_unconfirmed_total{topic="nowhere"} 1\n');
  });
});

describe('measured tables', () => {
  it('count rows, time each call, and know the busiest partition', async () => {
    const metrics = createMetrics();
    await using opened = new AsyncDisposableStack();
    const tables = await openTables(metrics);
    opened.defer(() => tables.close());
    const row = (bucket: number, user_id: string) => put(users, { bucket, user_id }, 1);
    await tables.write([row(1, 'a'), row(1, 'b'), row(1, 'c'), row(2, 'd')]);
    await tables.get(users, [{ bucket: 1, user_id: 'a' }]);
    await tables.page(users, { within: { bucket: 1 }, limit: 2 });
    await tables.commitShard({ fold: 'measured', shard: 0 }, { epoch: 1, base: 0, next: 1, totals: [] });
    const text = await metrics.render();
    expect(text).toContain('kaiseki_tables_rows_written_total{table="measured_users"} 4\n');
    expect(text).toContain('kaiseki_tables_rows_read_total{table="measured_users"} 3\n');
    expect(text).toContain('kaiseki_tables_busiest_partition_ratio{table="measured_users"} 0.75\n');
    expect(text).toContain('kaiseki_tables_busiest_partition_ratio{table="shard_totals"} 1\n');
    for (const operation of ['write', 'get', 'page', 'commit_shard']) {
      expect(text).toContain(`kaiseki_tables_operation_duration_seconds_count{operation="${operation}"} 1\n`);
    }
  });

  it('hold a cursor that somebody made up against nobody but its maker', async () => {
    const metrics = createMetrics();
    await using opened = new AsyncDisposableStack();
    const tables = await openTables(metrics);
    opened.defer(() => tables.close());
    await expect(tables.page(users, { within: { bucket: 1 }, limit: 2, cursor: 'made up' })).rejects.toThrow(BadCursor);
    expect(await metrics.render()).not.toContain('kaiseki_tables_operation_failures_total{');
  });
});
