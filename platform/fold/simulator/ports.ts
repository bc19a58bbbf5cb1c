/** The ports of a simulated owner: every call is messages, every wait is ended by the scheduler. */
import type { Clock } from '#platform/clock/clock.ts';
import type { Columns, Key, Page, PageRequest, Row, TableDefinition, Tables } from '#platform/tables/tables.ts';
import type { CallKind } from './call.ts';
import { keyText } from './memory-tables.ts';
import type { SimulatedOwner } from './simulated-owner.ts';
import { textOf } from './text.ts';

/** Waits of so long are the forwarders'. */
const LONG_SLEEP_MS = 100;

export function simulatedTables(owner: SimulatedOwner): Tables {
  const { tables } = owner.world;
  return {
    get: <C extends Columns, P extends keyof C & string, K extends keyof C & string>(
      table: TableDefinition<C, P, K>,
      keys: readonly Key<TableDefinition<C, P, K>>[],
    ) =>
      owner.call<Row<TableDefinition<C, P, K>> | undefined>(
        'read',
        'a read of rows',
        keys.map((key) => ({
          label: () => `read ${keyText(table as TableDefinition, key)}`,
          apply: () => tables.read(table as TableDefinition, key) as Row<TableDefinition<C, P, K>> | undefined,
          remark: (row) => `: ${row ? textOf(row) : 'none'}`,
        })),
      ),
    async write(mutations) {
      await owner.call(
        'write',
        'writes',
        mutations.map((mutation) => ({
          label: () =>
            mutation.kind === 'put'
              ? `put ${textOf(mutation.row)} into ${mutation.table.name} at ${mutation.version}`
              : `delete ${keyText(mutation.table, mutation.key)} at ${mutation.version}`,
          apply: () => tables.apply(mutation),
        })),
      );
    },
    readShard: (shard, periods) =>
      one(
        owner,
        'read',
        'a read of the shard',
        () => tables.readShard(shard, periods),
        ({ epoch, nextOffset }) => `: epoch ${epoch}, next_offset ${nextOffset}`,
      ),
    claimShard: (shard, claim) =>
      one(
        owner,
        'claim',
        `a claim of epoch ${claim.epoch + 1}`,
        () => tables.claim(shard, claim),
        (reply) => (reply.applied ? '' : ' and is refused'),
      ),
    commitShard: (shard, commit) =>
      one(
        owner,
        'write',
        `a commit ${commit.base}→${commit.next} at epoch ${commit.epoch}`,
        () => tables.commit(shard, commit),
        (reply) => (reply.applied ? '' : ' and is refused'),
      ),
    page: (table, request) => {
      // A page may be shorter than it has to be.
      const limit = Math.min(request.limit, 1 + owner.world.random.below(4));
      return one(
        owner,
        'read',
        'a read of a page',
        () => tables.page(table as TableDefinition, { ...request, limit } as PageRequest<TableDefinition>) as Page<typeof table>,
        ({ rows }) => `: ${rows.map(textOf).join(', ')}`,
      );
    },
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/**
 * Each process has a clock of its own, ahead of the world's by some time. A sleep ends when the scheduler says so: a short one at once,
 * a long one now and then; the time is then what it was slept for.
 */
export function simulatedClock(owner: SimulatedOwner): Clock {
  const { world } = owner;
  const now_ms = () => world.now_ms + owner.skew_ms;
  return {
    now_ms,
    monotonic_ms: now_ms,
    sleep: (duration_ms, signal) =>
      new Promise((resolve) => {
        const until_ms = world.now_ms + duration_ms;
        owner.wait({
          label: () => 'a sleep',
          ready: () => signal?.aborted === true || duration_ms < LONG_SLEEP_MS || world.calm || world.random.chance(world.odds.wake),
          finish: () => {
            if (signal?.aborted !== true) world.now_ms = Math.max(world.now_ms, until_ms);
            resolve();
          },
          lost: false,
          share: 0,
        });
      }),
  };
}

export async function one<T>(
  owner: SimulatedOwner,
  kind: CallKind,
  label: string,
  apply: () => T,
  remark?: (answer: T) => string,
): Promise<T> {
  const answers = await owner.call(kind, label, [{ label: () => label, apply, ...(remark && { remark }) }]);
  return answers[0] as T;
}
