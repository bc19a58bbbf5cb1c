/** A log whose topics and groups all bear a prefix: several systems, or a new generation of one, on the same Kafka. */
import type { Consumption, Log } from './log.ts';

/** The same log, which adds `prefix` to every name of a topic and a group. Its users know the short names only. */
export function withPrefix(log: Log, prefix: string): Log {
  if (prefix === '') return log;
  const named = (name: string) => `${prefix}${name}`;
  return {
    nameOf: (name) => log.nameOf(named(name)),
    append: (topic, records) => log.append(named(topic), records),
    consume: ({ topic, group, own }: Consumption) => log.consume({ topic: named(topic), group: named(group), own }),
    tail: (topic, handle) => log.tail(named(topic), handle),
    lag: (topic, group) => log.lag(named(topic), named(group)),
    rewind: (topic, group, offset) => log.rewind(named(topic), named(group), offset),
    async createTopics(topics) {
      const created = await log.createTopics(topics.map((topic) => ({ ...topic, name: named(topic.name) })));
      return created.map((name) => name.slice(prefix.length));
    },
    check: () => log.check(),
    close: () => log.close(),
  };
}
