import { describe, expect, it } from 'vitest';
import { createProgramMetrics } from '../../metrics.ts';
import { DEFAULT_MENU, Menu } from '../menu.ts';
import { LiveBoard } from './live-board.ts';
import { BACKLOG_BYTES_MAX, LiveHub, QUIET_ROUNDS_MAX, type Viewer } from './live-hub.ts';
import type { LivePush } from './live-message.ts';

const DAY = '2026-01-15';

class Recorder implements Viewer {
  readonly heard: LivePush[] = [];
  backlog = 0;

  backlog_bytes(): number {
    return this.backlog;
  }

  send(message: { readonly event: Buffer }): void {
    this.heard.push(JSON.parse(message.event.toString().slice('data: '.length)));
  }
}

function hubOf() {
  const board = new LiveBoard();
  const metrics = createProgramMetrics().orders.live;
  let day = DAY;
  let offset = 0;
  const hub = new LiveHub({ menu: new Menu(DEFAULT_MENU), board, stream: 's1', today: () => day, metrics });
  const publish = (segment: string, orders: number, period = 'all') =>
    board.take({
      shard: 0,
      nextOffset: ++offset,
      totals: [{ period, name: segment, figures: { orders, users: period === 'all' ? 1 : 0 } }],
    });
  const join = (dimension = 'snack') => {
    const viewer = new Recorder();
    return { viewer, leave: hub.join(dimension, viewer) };
  };
  return {
    hub,
    metrics,
    publish,
    join,
    begin: (next: string) => {
      day = next;
    },
  };
}

describe('LiveHub', () => {
  it('sends every segment at first, then only what changed', () => {
    const { hub, publish, join } = hubOf();
    publish('kinoko', 3);
    hub.round();
    const { viewer } = join();
    expect(viewer.heard).toEqual([
      {
        type: 'snapshot',
        stream: 's1',
        sequence: 1,
        dimension: 'snack',
        day: DAY,
        all: [
          { segment: 'kinoko', orders: 3, users: 1 },
          { segment: 'takenoko', orders: 0, users: 0 },
        ],
        today: [
          { segment: 'kinoko', orders: 0 },
          { segment: 'takenoko', orders: 0 },
        ],
      },
    ]);
    publish('takenoko', 2);
    publish('takenoko', 1, DAY);
    publish('takenoko', 9, '2026-01-14');
    hub.round();
    hub.round();
    expect(viewer.heard.slice(1)).toEqual([
      {
        type: 'change',
        stream: 's1',
        sequence: 2,
        dimension: 'snack',
        day: DAY,
        all: [{ segment: 'takenoko', orders: 2, users: 1 }],
        today: [{ segment: 'takenoko', orders: 1 }],
      },
    ]);
  });

  it('merges all that came since the last round into one message', () => {
    const { hub, publish, join } = hubOf();
    const { viewer } = join();
    for (let orders = 1; orders <= 1_000; orders++) publish('kinoko', orders);
    hub.round();
    expect(viewer.heard).toHaveLength(2);
    expect(viewer.heard[1]?.all).toEqual([{ segment: 'kinoko', orders: 1_000, users: 1 }]);
  });

  it('tells each dimension of its own segments, and nobody who has left', () => {
    const { hub, publish, join } = hubOf();
    const [snack, cuisine, left] = [join(), join('cuisine'), join()];
    left.leave();
    publish('kinoko', 1);
    hub.round();
    expect([snack, cuisine, left].map(({ viewer }) => viewer.heard.length)).toEqual([2, 1, 1]);
    expect(() => join('drinks')).toThrow('there is no dimension drinks');
  });

  it('skips a slow viewer and sends it a snapshot once it has caught up; the others never wait', async () => {
    const { hub, publish, join, metrics } = hubOf();
    const [slow, quick] = [join().viewer, join().viewer];
    slow.backlog = BACKLOG_BYTES_MAX + 1;
    for (let orders = 1; orders <= 50; orders++) {
      publish('kinoko', orders);
      hub.round();
    }
    expect(slow.heard).toHaveLength(1);
    expect(quick.heard).toHaveLength(51);
    expect((await metrics.skipped.get()).values[0]?.value).toBe(50);
    slow.backlog = 1;
    hub.round();
    expect(slow.heard).toHaveLength(1);
    slow.backlog = 0;
    hub.round();
    expect(slow.heard[1]).toMatchObject({ type: 'snapshot', sequence: 50 });
    expect(slow.heard[1]?.all[0]).toEqual({ segment: 'kinoko', orders: 50, users: 1 });
    publish('kinoko', 51);
    hub.round();
    expect(slow.heard[2]).toMatchObject({ type: 'change', sequence: 51 });
  });

  it('sends everything when a new day begins', () => {
    const { hub, publish, join, begin } = hubOf();
    publish('kinoko', 4, DAY);
    publish('kinoko', 2, '2026-01-16');
    const { viewer } = join();
    begin('2026-01-16');
    hub.round();
    expect(viewer.heard.map(({ type, day, today }) => [type, day, today[0]?.orders])).toEqual([
      ['snapshot', DAY, 4],
      ['snapshot', '2026-01-16', 2],
    ]);
  });

  it('says now and then that it lives, though nothing changed', () => {
    const { hub, join } = hubOf();
    const { viewer } = join();
    for (let round = 1; round < QUIET_ROUNDS_MAX; round++) hub.round();
    expect(viewer.heard).toHaveLength(1);
    hub.round();
    expect(viewer.heard[1]).toMatchObject({ type: 'change', sequence: 1, all: [], today: [] });
  });
});
