import { describe, expect, it } from 'vitest';
import { AppendFailed } from '#platform/log/log.ts';
import { DelayStand, delayed, foreign } from './forwarder.testing.ts';

/** What came back, as `topic: keys, at a time`. */
function told(stand: DelayStand): string[] {
  return stand.appended.map(({ at_ms, topic, records }) => `${topic}: ${records.map(({ key }) => key).join(' ')}, at ${at_ms}`);
}

describe('a forwarder', () => {
  it('brings each record back when it is due, those that are due together in one append, and then stores the offset', async () => {
    const stand = new DelayStand();
    stand.records = [delayed(0, 300), delayed(1, 300), delayed(2, 700), delayed(3, 650)];
    await stand.run();
    expect(told(stand)).toEqual(['orders: 0 1, at 300', 'orders: 2 3, at 700']);
    expect(stand.commits).toEqual([2, 4]);
    expect(stand.late_ms).toEqual([0, 0]);
    expect(stand.released).toBe(true);
  });

  it('is overdue only while its first record is: after a late one, the next is waited for without being late', async () => {
    const stand = new DelayStand();
    stand.records = [delayed(0, 100), delayed(1, 60_000), delayed(2, 61_500)];
    stand.now_ms = 60_100;
    await stand.run();
    expect(told(stand)).toEqual(['orders: 0 1, at 60100', 'orders: 2, at 61500']);
    // Begun, late, appended; then each turn of the wait and the end.
    expect(stand.overdue_ms).toEqual([0, 60_000, 0, 0, 0, 0, 0]);
  });

  it('leaves key, value and cause as they are', async () => {
    const stand = new DelayStand();
    stand.records = [delayed(0, 300)];
    await stand.run();
    const { headers } = delayed(0, 300);
    expect(stand.appended[0]?.records).toEqual([{ key: '0', value: Buffer.from('0'), timestamp_ms: 300, headers }]);
  });

  it('goes on where the group stands', async () => {
    const stand = new DelayStand();
    stand.records = [delayed(0, 1), delayed(1, 2)];
    stand.groupOffset = 1;
    await stand.run();
    expect(told(stand)).toEqual(['orders: 1, at 2']);
  });

  it('looks at the clock every second: it may have been set', async () => {
    const stand = new DelayStand();
    stand.records = [delayed(0, 10_000)];
    stand.slept = () => {
      if (stand.slept_ms.length === 3) stand.now_ms = 9_500;
    };
    await stand.run();
    expect(stand.slept_ms).toEqual([1_000, 1_000, 1_000]);
    expect(told(stand)).toEqual(['orders: 0, at 10500']);
    expect(stand.late_ms).toEqual([500]);
  });

  it('rejects what no fold has put off, and brings back what stands around it', async () => {
    const stand = new DelayStand();
    const unreadable = { ...delayed(3, 5), headers: { 'kaiseki-timer': 'soon' } };
    const nobodys = { ...delayed(4, 5), key: null };
    stand.records = [delayed(0, 5), foreign(1), delayed(2, 900), unreadable, nobodys];
    await stand.run();
    const keys = ['orders: 0, at 5', 'rejected: trade-delay-deadline/0, at 5', 'orders: 2, at 900'];
    expect(told(stand)).toEqual([...keys, 'rejected: trade-delay-deadline/0 trade-delay-deadline/0, at 900']);
    expect(stand.commits).toEqual([1, 2, 3, 5]);
    expect(stand.foreign).toBe(3);
    const letter = JSON.parse(String(stand.appended[1]?.records[0]?.value));
    expect(letter).toEqual({
      topic: 'trade-delay-deadline',
      partition: 0,
      offset: 1,
      reason: 'no fold has put it off',
      key: '1',
      value: '1',
    });
  });
});

describe('an append that fails', () => {
  it('is sent again for those records only that may not be durable', async () => {
    const stand = new DelayStand();
    stand.records = [delayed(0, 5), delayed(1, 5), delayed(2, 5)];
    const tried: string[][] = [];
    stand.append = async (_, records) => {
      tried.push(records.map(({ key }) => key));
      if (tried.length === 1) throw new AppendFailed(new Set([1, 2]), 'no answer');
      if (tried.length === 2) throw new AppendFailed(new Set([1]), 'no answer');
    };
    await stand.run();
    expect(tried).toEqual([['0', '1', '2'], ['1', '2'], ['2']]);
    expect(stand.commits).toEqual([3]);
    expect(stand.failures).toEqual([]);
  });

  it('stores no offset, and is begun again from the group’s when it fails too often', async () => {
    const stand = new DelayStand();
    stand.records = [delayed(0, 5), delayed(1, 5)];
    let tries = 0;
    stand.append = async () => {
      if (tries++ < 4) throw new Error('away');
      expect(stand.groupOffset).toBeUndefined();
    };
    await stand.run();
    expect(tries).toBe(5);
    expect(stand.failures).toMatchObject([{ message: 'away' }]);
    expect(told(stand)).toEqual([expect.stringMatching(/^orders: 0 1, at /)]);
    expect(stand.commits).toEqual([2]);
  });
});

describe('records that retention removed', () => {
  it.each([{ groupOffset: undefined }, { groupOffset: 2 }])('alarm, where the group stands at $groupOffset', async ({ groupOffset }) => {
    const stand = new DelayStand();
    stand.records = [delayed(3, 5)];
    stand.earliest = 3;
    stand.groupOffset = groupOffset;
    await stand.run();
    expect(stand.alarms).toMatchObject([{ kind: 'records_lost', message: expect.stringContaining('green-trade-delay-deadline/0') }]);
    expect(stand.appended).toEqual([]);
    expect(stand.commits).toEqual([]);
  });

  it('do not, where they came back before', async () => {
    const stand = new DelayStand();
    stand.records = [delayed(3, 5)];
    stand.earliest = 3;
    stand.groupOffset = 3;
    await stand.run();
    expect(stand.alarms).toEqual([]);
    expect(told(stand)).toEqual(['orders: 3, at 5']);
  });

  it('alarm, where they are missed while it reads', async () => {
    const stand = new DelayStand();
    stand.records = [delayed(0, 5)];
    stand.append = async () => {
      stand.records = [delayed(4, 5)];
      stand.earliest = 4;
    };
    await stand.run();
    expect(stand.alarms).toMatchObject([{ kind: 'records_lost' }]);
    expect(stand.commits).toEqual([1]);
  });
});

describe('a partition that is taken away', () => {
  it('while its first record is waited for, brings nothing back and stores nothing', async () => {
    const stand = new DelayStand();
    stand.records = [delayed(0, 5_000)];
    stand.slept = () => stand.stop();
    await stand.run();
    expect(stand.slept_ms).toEqual([1_000]);
    expect(stand.appended).toEqual([]);
    expect(stand.commits).toEqual([]);
    expect(stand.failures).toEqual([]);
    expect(stand.released).toBe(true);
  });

  it('while an append fails, is given up at once', async () => {
    const stand = new DelayStand();
    stand.records = [delayed(0, 5)];
    stand.append = async () => {
      stand.stop();
      throw new Error('away');
    };
    await stand.run();
    expect(stand.commits).toEqual([]);
    expect(stand.failures).toEqual([]);
  });
});
