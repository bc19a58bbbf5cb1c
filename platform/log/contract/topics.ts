import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { TopicDefinition } from '../log.ts';
import { appendValues, freshGroup, freshTopic, numbers, type OpenLog, orderOf, readCount, valuesOf, whileOwning } from './owning.ts';

function definition(name: string, partitions = 2): TopicDefinition {
  return { name, partitions, cleanup: 'delete', retention_ms: -1, purpose: 'a contract test' };
}

/** What topics and an operator's tools promise. */
export function topicsContract(log: OpenLog): void {
  it('creates the topics that are missing, and only those', async () => {
    const [a, b] = [definition(`contract-${randomUUID()}`), { ...definition(`contract-${randomUUID()}`, 5), cleanup: 'compact' as const }];
    expect(await log().createTopics([a])).toEqual([a.name]);
    await appendValues(log(), a.name, ['kept']);
    expect(await log().createTopics([a, b])).toEqual([b.name]);
    expect(await log().createTopics([a, b])).toEqual([]);
    expect((await log().lag(a.name, 'nobody')).map(({ endOffset }) => endOffset).sort()).toEqual([0, 1]);
    expect(await log().lag(b.name, 'nobody')).toHaveLength(5);
  });

  it('lets several create the same topics at once', async () => {
    const topics = [definition(`contract-${randomUUID()}`), definition(`contract-${randomUUID()}`)];
    const created = await Promise.all([log().createTopics(topics), log().createTopics(topics), log().createTopics(topics)]);
    expect(new Set(created.flat())).toEqual(new Set(topics.map(({ name }) => name)));
    for (const { name } of topics) expect(await log().lag(name, 'nobody')).toHaveLength(2);
  });

  it('refuses a topic that has another number of partitions', async () => {
    const topic = await freshTopic(log(), 2);
    await expect(log().createTopics([definition(topic, 3)])).rejects.toThrow(/partitions/);
    expect(await log().lag(topic, 'nobody')).toHaveLength(2);
  });

  it('says how far a group is behind, also one that has read nothing', async () => {
    const topic = await freshTopic(log(), 2);
    const group = freshGroup();
    await log().append(
      topic,
      numbers(0, 40).map((value) => orderOf(value, value)),
    );
    const before = await log().lag(topic, group);
    expect(before.map(({ partition, groupOffset }) => [partition, groupOffset])).toEqual([
      [0, undefined],
      [1, undefined],
    ]);
    expect(before.map(({ records }) => records)).toEqual(before.map(({ endOffset }) => endOffset));
    expect(before.reduce((sum, { records }) => sum + records, 0)).toBe(40);
    await log().rewind(topic, group, 3);
    const after = await log().lag(topic, group);
    expect(after).toEqual(before.map((lag) => ({ ...lag, groupOffset: 3, records: lag.endOffset - 3 })));
  });

  it('rewinds a group: its next claim starts there', async () => {
    const topic = await freshTopic(log());
    const group = freshGroup();
    await appendValues(log(), topic, numbers(0, 10));
    await whileOwning(log(), topic, group, (owned) => owned.commit(10));
    await log().rewind(topic, group, 0);
    await whileOwning(log(), topic, group, async (owned) => {
      const start = await owned.groupOffset();
      expect(start).toBe(0);
      owned.seek(start ?? -1);
      expect(valuesOf(await readCount(owned, 10))).toEqual(numbers(0, 10));
    });
    await log().rewind(topic, group, 7);
    expect(await log().lag(topic, group)).toEqual([{ partition: 0, groupOffset: 7, endOffset: 10, records: 3 }]);
  });
}
