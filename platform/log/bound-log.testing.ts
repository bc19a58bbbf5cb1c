import type { Log } from './log.ts';

/** The log's functions as an object of their own, so that a test can replace one. */
export function boundLog(log: Log): Log {
  return {
    nameOf: (name) => log.nameOf(name),
    append: (topic, records) => log.append(topic, records),
    consume: (consumption) => log.consume(consumption),
    tail: (topic, handle) => log.tail(topic, handle),
    lag: (topic, group) => log.lag(topic, group),
    rewind: (topic, group, offset) => log.rewind(topic, group, offset),
    createTopics: (topics) => log.createTopics(topics),
    check: () => log.check(),
    close: () => log.close(),
  };
}
