/** The ports of a simulated owner: every call is messages, every wait is ended by the scheduler. */
import type { Clock } from '#platform/clock/clock.ts';
import type { Log, OwnedPartition } from '#platform/log/log.ts';
import type { Columns, Key, Row, TableDefinition, Tables } from '#platform/tables/tables.ts';
import { keyText } from './memory-tables.ts';
import type { CallKind, SimulatedOwner } from './simulated-owner.ts';
import { textOf } from './text.ts';
import { endOf } from './world.ts';

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
    page: () => Promise.reject(new Error('the fold reads no pages')),
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

export function simulatedAppend(owner: SimulatedOwner): Log['append'] {
  return async (topic, records) => {
    await owner.call(
      'append',
      `an append to ${topic}`,
      records.map((record) => ({ label: () => `append ${record.value} to ${topic}`, apply: () => owner.world.topic(topic).push(record) })),
    );
  };
}

/** Time passes by steps; a sleep ends whenever the scheduler says so. */
export function simulatedClock(owner: SimulatedOwner): Clock {
  const now_ms = () => owner.world.events;
  return {
    now_ms,
    monotonic_ms: now_ms,
    sleep: () =>
      new Promise((resolve) => owner.wait({ label: () => 'a sleep', ready: () => true, finish: resolve, lost: false, share: 0 })),
  };
}

/** The owner's end of its partition of the log. */
export class Partition {
  readonly #owner: SimulatedOwner;
  readonly #signal: AbortSignal;
  #position: number | undefined;
  #reading = false;

  constructor(owner: SimulatedOwner, signal: AbortSignal) {
    this.#owner = owner;
    this.#signal = signal;
  }

  isReadingAt(offset: number): boolean {
    return this.#reading && this.#position === offset;
  }

  port(topic: string): OwnedPartition {
    const owner = this.#owner;
    const { shard } = owner;
    return {
      topic,
      partition: shard.shard,
      signal: this.#signal,
      groupOffset: () =>
        one(
          owner,
          'read',
          "a read of the group's offset",
          () => shard.groupOffset,
          (offset) => `: ${offset}`,
        ),
      bounds: () => one(owner, 'read', "a read of the log's bounds", () => ({ earliest: 0, end: endOf(shard) })),
      seek: (offset) => {
        owner.world.note(() => `${owner.name} starts at ${offset}`);
        this.#position = offset;
      },
      read: ({ limit }) => this.#read(limit),
      commit: (offset) => one(owner, 'write', `the group's offset ${offset}`, () => owner.world.moveGroup(shard, offset)),
    };
  }

  #read(limit: number): ReturnType<OwnedPartition['read']> {
    const { world, shard } = this.#owner;
    const position = this.#position;
    if (position === undefined) throw new Error('read before seek');
    this.#reading = true;
    return new Promise((resolve) =>
      this.#owner.wait({
        label: () => 'a read of the log',
        ready: () => this.#signal.aborted || position < endOf(shard),
        finish: () => {
          this.#reading = false;
          const first = shard.log.findIndex(({ offset }) => offset >= position);
          const available = Math.min(limit, shard.log.length - first);
          const handed = world.random.chance(0.5) ? available : 1 + world.random.below(available);
          const records = this.#signal.aborted ? [] : shard.log.slice(first, first + handed);
          this.#position = (records.at(-1)?.offset ?? position - 1) + 1;
          world.note(() => `${this.#owner.name} is handed ${records.map(({ offset }) => offset).join(', ') || 'nothing'}`);
          resolve(records);
        },
        lost: false,
        share: 0,
      }),
    );
  }
}

async function one<T>(owner: SimulatedOwner, kind: CallKind, label: string, apply: () => T, remark?: (answer: T) => string): Promise<T> {
  const answers = await owner.call(kind, label, [{ label: () => label, apply, ...(remark && { remark }) }]);
  return answers[0] as T;
}
