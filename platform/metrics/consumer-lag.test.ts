import { describe, expect, it } from 'vitest';
import { ManualClock } from '#platform/clock/manual-clock.testing.ts';
import { groupsOf } from '#platform/fold/groups.ts';
import { type Consumption, type Log, type LogRecord, NO_HEADERS, type OwnedPartition, type PartitionLag } from '#platform/log/log.ts';
import { ConsumerLag } from './consumer-lag.ts';
import { createMetrics } from './metrics.ts';

const GROUPS = groupsOf({ name: 'orders', topic: 'orders', group: 'counter', delays: { late: { duration_ms: 600_000 } } });

/** A log of one partition whose figures the test sets, and whose one owner reads what the test hands out. */
class StagedLog implements Pick<Log, 'consume' | 'lag'> {
  groupOffset: number | undefined;
  endOffset = 0;
  handed: LogRecord[] = [];
  owned: OwnedPartition | undefined;
  readonly #stop = new AbortController();

  async lag(): Promise<readonly PartitionLag[]> {
    const { groupOffset, endOffset } = this;
    return [{ partition: 0, groupOffset, endOffset, records: endOffset - (groupOffset ?? 0) }];
  }

  async consume(consumption: Consumption): Promise<{ stop(): Promise<void> }> {
    const ended = consumption.own({
      topic: 'orders',
      partition: 0,
      signal: this.#stop.signal,
      groupOffset: async () => this.groupOffset,
      bounds: async () => ({ earliest: 0, end: this.endOffset }),
      seek: () => undefined,
      read: async () => this.handed,
      commit: async (offset) => {
        this.groupOffset = offset;
      },
    });
    return {
      stop: async () => {
        this.#stop.abort();
        await ended;
      },
    };
  }
}

async function stage() {
  const clock = new ManualClock();
  const log = new StagedLog();
  const metrics = createMetrics();
  const lag = new ConsumerLag({ groups: GROUPS, log, metrics: metrics.lag, clock });
  metrics.beforeRender(() => lag.refresh());
  const record = (offset: number): LogRecord => ({
    partition: 0,
    offset,
    key: null,
    value: null,
    timestamp_ms: clock.now_ms(),
    headers: NO_HEADERS,
  });
  const figures = async () => {
    const text = await metrics.render();
    const figure = (name: string) => /^-?[\d.]+$/m.exec(text.split(`${name}{topic="orders",group="counter",partition="0"} `)[1] ?? '')?.[0];
    return { records: figure('kaiseki_consumer_lag_records'), seconds: figure('kaiseki_consumer_lag_seconds') };
  };
  const own = async (topic = 'orders', group = 'counter') => {
    let release = (): void => undefined;
    const partition = await new Promise<OwnedPartition>((resolve) => {
      void lag.consume({
        topic,
        group,
        own: (owned) => {
          resolve(owned);
          return new Promise<void>((end) => {
            release = end;
          });
        },
      });
    });
    return { partition, release: () => release() };
  };
  return { metrics, clock, log, lag, record, figures, own };
}

const READ = { limit: 10, linger_ms: 0 };

describe('ConsumerLag', () => {
  it('dates the oldest record that was read and not stored beyond, until it is', async () => {
    const { clock, log, lag, record, figures, own } = await stage();
    const { partition } = await own();
    log.handed = [record(0), record(1)];
    log.endOffset = 3;
    clock.advance(4_000);
    await partition.read(READ);
    await lag.poll();
    clock.advance(1_500);
    expect(await figures()).toEqual({ records: '3', seconds: '5.5' });
    await partition.commit(2);
    log.handed = [record(2)];
    await partition.read(READ);
    clock.advance(250);
    await lag.poll();
    expect(await figures()).toEqual({ records: '1', seconds: '0.25' });
    await partition.commit(3);
    await lag.poll();
    expect(await figures()).toEqual({ records: '0', seconds: '0' });
  });

  it('keeps the age of a record that is read again after a flush that failed', async () => {
    const { clock, log, record, figures, own } = await stage();
    const { partition } = await own();
    log.handed = [record(5)];
    await partition.read(READ);
    clock.advance(60_000);
    log.handed = [log.handed[0] as LogRecord, record(6)];
    await partition.read(READ);
    expect((await figures()).seconds).toBe('60');
  });

  it('dates what waits unread by when it was first seen', async () => {
    const { clock, log, lag, figures } = await stage();
    log.endOffset = 10;
    await lag.poll();
    clock.advance(5_000);
    log.endOffset = 20;
    await lag.poll();
    clock.advance(5_000);
    expect(await figures()).toEqual({ records: '20', seconds: '10' });
    log.groupOffset = 10;
    await lag.poll();
    expect(await figures()).toEqual({ records: '10', seconds: '5' });
    log.groupOffset = 20;
    await lag.poll();
    expect(await figures()).toEqual({ records: '0', seconds: '0' });
  });

  it('goes on dating by what it saw for as long as a group stands still', async () => {
    const { clock, log, lag, figures } = await stage();
    for (let poll = 1; poll <= 2_000; poll++) {
      log.endOffset = poll;
      await lag.poll();
      clock.advance(1_000);
    }
    expect((await figures()).seconds).toBe('2000');
  });

  it('keeps a delay apart: what waits there on purpose is counted, and dates neither itself nor the fold’s own topic', async () => {
    const { metrics, clock, log, lag, record, figures, own } = await stage();
    const { partition } = await own('orders-delay-late', 'orders-delay-late');
    log.handed = [record(0)];
    log.endOffset = 1;
    await partition.read(READ);
    clock.advance(300_000);
    log.groupOffset = 1;
    await lag.poll();
    expect(await figures()).toEqual({ records: '0', seconds: '0' });
    log.groupOffset = 0;
    await lag.poll();
    const text = await metrics.render();
    expect(text).toContain('kaiseki_consumer_lag_records{topic="orders-delay-late",group="orders-delay-late",partition="0"} 1\n');
    expect(text).not.toContain('kaiseki_consumer_lag_seconds{topic="orders-delay-late"');
  });

  it('forgets what it read of a partition that is no longer its own', async () => {
    const { clock, log, lag, record, figures, own } = await stage();
    const { partition, release } = await own();
    log.handed = [record(0)];
    log.endOffset = 1;
    await partition.read(READ);
    clock.advance(9_000);
    expect((await figures()).seconds).toBe('9');
    release();
    log.groupOffset = 1;
    await lag.poll();
    expect(await figures()).toEqual({ records: '0', seconds: '0' });
  });
});
