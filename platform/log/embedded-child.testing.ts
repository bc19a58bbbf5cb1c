/**
 * Another process on a data directory, for the tests: `node embedded-child.testing.ts <directory> <topic> <group> <what>` does one of the
 * things below, and says on its standard output what it was promised, a line each.
 */
import { once } from 'node:events';
import { systemClock } from '#platform/clock/clock.ts';
import { openEmbeddedLog } from './embedded.ts';
import type { Log } from './log.ts';

const [directory = '', topic = '', group = '', what = ''] = process.argv.slice(2);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Appends numbers one by one from twenty callers at once until it is killed; says each that was acknowledged. */
async function appendForEver(log: Log): Promise<void> {
  let next = 0;
  const callers = Array.from({ length: 20 }, async () => {
    for (;;) {
      const value = `${process.pid}-${next++}`;
      await log.append(topic, [{ key: value, value, timestamp_ms: 1 }]);
      say(value);
    }
  });
  await Promise.all(callers);
}

async function appendSome(log: Log): Promise<void> {
  for (let index = 0; index < 200; index++) {
    await log.append(topic, [{ key: `${index}`, value: `${process.pid}-${index}`, timestamp_ms: 1 }]);
  }
  say('done');
  await log.close();
}

async function consume(log: Log): Promise<void> {
  await log.consume({ topic, group, own: ({ signal }) => once(signal, 'abort').then(() => undefined) });
  say('consuming');
}

/** Appends until that fails, waits until it is told that there is room again, and appends once more. */
async function fill(log: Log): Promise<void> {
  const append = () => log.append(topic, [{ key: 'large', value: 'x'.repeat(500_000), timestamp_ms: 1 }]);
  let appended = 0;
  for (let failure: unknown; failure === undefined; ) {
    try {
      await append();
      appended += 1;
    } catch (error) {
      failure = error;
      say(`failed ${JSON.stringify({ appended, error: String(error) })}`);
    }
  }
  await once(process.stdin, 'data');
  process.stdin.destroy();
  await append();
  say(`appended ${appended + 1}`);
  await log.close();
}

const actions: Readonly<Record<string, (log: Log) => Promise<void>>> = { appendForEver, appendSome, consume, fill };

const action = actions[what];
if (action === undefined) throw new Error(`${what} is none of ${Object.keys(actions)}`);
await action(await openEmbeddedLog({ directory, clock: systemClock }));
