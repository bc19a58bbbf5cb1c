/** Ports that do not always answer: what was asked for was done, or was not. */
import { boundLog } from '#platform/log/bound-log.testing.ts';
import { AppendFailed, type Log } from '#platform/log/log.ts';
import type { Random } from '#platform/random/random.ts';
import type { Tables } from '#platform/tables/tables.ts';

/** Of each append, write and commit: half of these are done all the same. */
const FAILURE = 0.15;

export function failingPorts(
  { log, tables }: { readonly log: Log; readonly tables: Tables },
  random: Random,
): { log: Log; tables: Tables } {
  async function unreliably<T>(act: () => Promise<T>): Promise<T> {
    if (!random.chance(FAILURE)) return await act();
    if (random.chance(0.5)) await act();
    throw new Error('no answer');
  }
  return {
    log: {
      ...boundLog(log),
      append: (topic, records) =>
        unreliably(() => log.append(topic, records)).catch((error) => {
          throw new AppendFailed(new Set(records.keys()), error);
        }),
    },
    tables: {
      get: (table, keys) => tables.get(table, keys),
      page: (table, request) => tables.page(table, request),
      readShard: (shard, periods, consistency) => tables.readShard(shard, periods, consistency),
      check: () => tables.check(),
      close: () => tables.close(),
      write: (mutations) => unreliably(() => tables.write(mutations)),
      commitShard: (shard, commit) => unreliably(() => tables.commitShard(shard, commit)),
      claimShard: (shard, claim) => unreliably(() => tables.claimShard(shard, claim)),
    },
  };
}
