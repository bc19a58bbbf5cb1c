/** A broker that dies or stands still while records are appended and read: nothing acknowledged is lost, and all goes on by itself. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { type LocalServer, startLocalServer } from '../../tools/servers/local-servers.ts';
import { freshGroup, freshTopic, joinAsMember, type Member, readAll, until as untilTrue, valuesOf } from './contract/owning.ts';
import { openKafkaLog } from './kafka.ts';
import { AppendFailed, type Log } from './log.ts';

const APPENDERS = 8;
const PARTITIONS = 6;
const APPEND_TIMEOUT_MS = 6_000;

/** A machine that starts Kafka beside other work may take a minute for it. */
function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  return untilTrue(what, holds, 180_000);
}

/** What became of the records of a stream: every value is appended by one call only. */
interface Stream {
  readonly acknowledged: string[];
  readonly unknown: string[];
  end(): Promise<void>;
}

/** Appends single records, several at a time, until it is ended. */
function startStream(log: Log, topic: string): Stream {
  const acknowledged: string[] = [];
  const unknown: string[] = [];
  const ending = new AbortController();
  let next = 0;

  async function appendRecords(): Promise<void> {
    while (!ending.signal.aborted) {
      const value = String(next++);
      await log.append(topic, [{ key: `u${value}`, value, timestamp_ms: systemClock.now_ms() }]).then(
        () => acknowledged.push(value),
        (error: unknown) => {
          if (!(error instanceof AppendFailed)) throw error;
          unknown.push(value);
        },
      );
      await systemClock.sleep(5);
    }
  }

  const appenders = Array.from({ length: APPENDERS }, appendRecords);
  return {
    acknowledged,
    unknown,
    async end() {
      ending.abort();
      await Promise.all(appenders);
    },
  };
}

describe('an outage of Kafka', () => {
  let kafka: LocalServer;
  let log: Log;
  let topic: string;
  let member: Member;
  let stream: Stream;

  beforeAll(async () => {
    kafka = await startLocalServer('kafka', 1);
  });
  afterAll(async () => {
    await kafka.remove();
  });
  beforeEach(async () => {
    const settings = {
      brokers: [kafka.endpoints],
      clientId: 'outage',
      replicationFactor: 1,
      session_timeout_ms: 6_000,
      append_timeout_ms: APPEND_TIMEOUT_MS,
    };
    log = openKafkaLog(settings, systemClock);
    topic = await freshTopic(log, PARTITIONS);
    member = await joinAsMember(log, topic, freshGroup());
    stream = startStream(log, topic);
    await until('records flow', () => stream.acknowledged.length > 200 && member.records.length > 200);
  });
  afterEach(async () => {
    await stream.end();
    await log.close();
  });

  function signal(name: NodeJS.Signals): void {
    kafka.signal(1, name);
  }

  /** Waits until records are acknowledged and read again. */
  async function flowsAgain(): Promise<void> {
    const { length: appended } = stream.acknowledged;
    await until('records are acknowledged again', () => stream.acknowledged.length > appended + 500);
    const { length: read } = member.records;
    await until('records are read again', () => member.records.length > read + 500);
  }

  /** Ends the stream and holds the log against what the appenders were told. */
  async function checkStream(): Promise<void> {
    await stream.end();
    const end = (await log.lag(topic, 'nobody')).reduce((sum, { records }) => sum + records, 0);
    const values = valuesOf(await readAll(log, topic, end));
    const distinct = new Set(values);
    expect(stream.acknowledged.filter((value) => !distinct.has(value))).toEqual([]);
    // Each value was appended by one call, so whatever is there twice was written twice by our own retries.
    expect(values.length).toBe(distinct.size);
    expect(stream.unknown.filter((value) => distinct.has(value)).length + stream.acknowledged.length).toBe(distinct.size);
    const read = () => new Set(valuesOf(member.records));
    await until('the member has read everything', () => distinct.difference(read()).size === 0);
    await member.stop();
    expect(member.broken).toEqual([]);
  }

  it('killed and started again: no record is lost or doubled', async () => {
    signal('SIGKILL');
    await expect(log.check()).rejects.toThrow(/ECONNREFUSED/);
    await kafka.restart();
    await flowsAgain();
    await checkStream();
    await log.check();
  });

  it('down for longer than an append waits: every append ends in time, and later ones work', async () => {
    signal('SIGKILL');
    const { length } = stream.unknown;
    await until('appends give up', () => stream.unknown.length >= length + 2 * APPENDERS);
    await kafka.restart();
    await flowsAgain();
    await checkStream();
  });

  it('standing still for longer than an append waits: what it stores later displaces nothing', async () => {
    signal('SIGSTOP');
    try {
      // Longer than a request waits, too: what was sent is sent again, and the broker will find both.
      const { length } = stream.unknown;
      await until('appends give up', () => stream.unknown.length >= length + 3 * APPENDERS);
      await expect(log.check()).rejects.toThrow(/no answer/);
    } finally {
      signal('SIGCONT');
    }
    await flowsAgain();
    await checkStream();
  });
});
