/** The embedded log of a data directory. */
import { systemClock as clock } from '#platform/clock/clock.ts';
import { openEmbeddedLog } from '#platform/log/embedded.ts';
import type { Log } from '#platform/log/log.ts';
import { allTopics } from '#workloads/catalogue.ts';
import { loadSettings } from '#workloads/settings.ts';

/** Opens the log and makes its topics. */
export async function openBenchLog(directory: string): Promise<Log & AsyncDisposable> {
  const log = await openEmbeddedLog({ directory, clock });
  await log.createTopics(allTopics(loadSettings({})));
  return Object.assign(log, { [Symbol.asyncDispose]: () => log.close() });
}
