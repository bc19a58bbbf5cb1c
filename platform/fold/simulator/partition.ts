/** The owner's end of its partition of the log. */
import type { OwnedPartition } from '#platform/log/log.ts';
import { one } from './ports.ts';
import type { SimulatedOwner } from './simulated-owner.ts';
import { endOf } from './topic.ts';

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
      bounds: () => one(owner, 'read', "a read of the log's bounds", () => ({ earliest: 0, end: endOf(shard.log) })),
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
    const { records: log } = shard.log;
    const position = this.#position;
    if (position === undefined) throw new Error('read before seek');
    this.#reading = true;
    return new Promise((resolve) =>
      this.#owner.wait({
        label: () => 'a read of the log',
        ready: () => this.#signal.aborted || position < endOf(shard.log),
        finish: () => {
          this.#reading = false;
          const first = log.findIndex(({ offset }) => offset >= position);
          const available = Math.min(limit, log.length - first);
          const handed = world.random.chance(0.5) ? available : 1 + world.random.below(available);
          const records = this.#signal.aborted ? [] : log.slice(first, first + handed);
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
