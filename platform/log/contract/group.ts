import { expect, it } from 'vitest';
import type { OwnedPartition } from '../log.ts';
import {
  aborted,
  appendValues,
  freshGroup,
  freshTopic,
  joinAsMember,
  numbers,
  type OpenLog,
  orderOf,
  readCount,
  until,
  valuesOf,
} from './owning.ts';

/** What a group promises: who owns what, and how a partition is lost. */
export function groupContract(log: OpenLog): void {
  it('aborts the claim when it is stopped, waits for its owner, and lets it commit once more', async () => {
    const topic = await freshTopic(log());
    const group = freshGroup();
    await appendValues(log(), topic, numbers(0, 3));
    const reading = Promise.withResolvers<OwnedPartition>();
    const steps: string[] = [];
    const running = await log().consume({
      topic,
      group,
      own: async (owned) => {
        owned.seek(0);
        await readCount(owned, 3);
        reading.resolve(owned);
        expect(await owned.read({ limit: 1, linger_ms: 0 })).toEqual([]);
        expect(owned.signal.aborted).toBe(true);
        expect(await owned.read({ limit: 1, linger_ms: 0 })).toEqual([]);
        await owned.commit(3);
        steps.push('owner ended');
      },
    });
    const owned = await reading.promise;
    await running.stop();
    steps.push('stopped');
    expect(steps).toEqual(['owner ended', 'stopped']);
    expect(await log().lag(topic, group)).toEqual([{ partition: 0, groupOffset: 3, endOffset: 3, records: 0 }]);
    await expect(owned.commit(1)).rejects.toThrow();
    expect((await log().lag(topic, group))[0]?.groupOffset).toBe(3);
    await running.stop();
  });

  it('gives every partition to one member; when one leaves, the others take over from its offsets', async () => {
    const topic = await freshTopic(log(), 4);
    const group = freshGroup();
    let sent = 0;
    const send = async (count: number) => {
      await log().append(
        topic,
        numbers(sent, sent + count).map((value) => orderOf(`u${value}`, value)),
      );
      sent += count;
    };

    const first = await joinAsMember(log(), topic, group);
    await until('the first member owns everything', () => first.owned.size === 4);
    await send(200);
    const second = await joinAsMember(log(), topic, group);
    await until(
      'two members share everything',
      () => first.owned.size > 0 && second.owned.size > 0 && new Set([...first.owned, ...second.owned]).size === 4,
    );
    await send(200);
    await until('the second member reads', () => second.records.length > 0);
    await first.stop();
    await until('the second member owns everything', () => second.owned.size === 4);
    await send(200);
    await until('all is committed', async () => (await log().lag(topic, group)).every(({ records }) => records === 0));
    await second.stop();

    expect(new Set(valuesOf([...first.records, ...second.records]))).toEqual(new Set(numbers(0, sent)));
    expect([...first.broken, ...second.broken]).toEqual([]);
  });

  it('starts a new claim of a partition only after the former one has ended', async () => {
    const topic = await freshTopic(log(), 2);
    const group = freshGroup();
    const claims: OwnedPartition[] = [];
    const release = Promise.withResolvers<void>();
    const running = new Map<number, number>();
    let most = 0;
    const slow = await log().consume({
      topic,
      group,
      own: async (owned) => {
        claims.push(owned);
        const count = (running.get(owned.partition) ?? 0) + 1;
        running.set(owned.partition, count);
        most = Math.max(most, count);
        await aborted(owned.signal);
        await release.promise;
        running.set(owned.partition, count - 1);
      },
    });
    await until('the slow member owns both partitions', () => claims.length === 2);
    const other = await joinAsMember(log(), topic, group);
    await until('it loses one', () => claims.some(({ signal }) => signal.aborted));
    const lost = claims.find(({ signal }) => signal.aborted);
    await other.stop();
    release.resolve();
    const owns = (partition: number) => claims.some((claim) => claim.partition === partition && !claim.signal.aborted);
    await until('it owns both again', () => owns(0) && owns(1));
    await expect(lost?.commit(1)).rejects.toThrow();
    await slow.stop();
    expect(most).toBe(1);
  });

  it('keeps groups apart', async () => {
    const topic = await freshTopic(log(), 2);
    const groups = [freshGroup(), freshGroup()];
    const members = await Promise.all(groups.map((group) => joinAsMember(log(), topic, group)));
    await log().append(
      topic,
      numbers(0, 50).map((value) => orderOf(value, value)),
    );
    for (const member of members) {
      await until('each group reads all', () => member.records.length === 50);
      expect(member.owned).toEqual(new Set([0, 1]));
    }
    await Promise.all(members.map((member) => member.stop()));
    expect(members.flatMap((member) => member.broken)).toEqual([]);
  });
}
