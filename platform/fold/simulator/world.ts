/**
 * The world of one history: the topics, the groups' offsets, the tables, the time, and the messages that are on their way. A
 * message is applied at any later time, even after its sender gave it up or died, or never.
 */
import type { Random } from '#platform/random/random.ts';
import type { MemoryTables } from './memory-tables.ts';
import type { Odds } from './odds.ts';
import type { Pipeline } from './pipeline.ts';
import { type SimulatedShard, Topics } from './topic.ts';

export interface Message {
  readonly sender: string;
  readonly label: () => string;
  /** What it does where it arrives; returns a remark for the trace. */
  readonly arrive: () => string;
  /** Its sender will not hear of it. */
  readonly lose: () => void;
  /** How often it is passed over when its turn comes: writes of a stalled owner arrive much later. */
  slowness: number;
}

const VERY_SLOW = 0.97;
/** When the first history begins and every other one, too. */
const BEGIN_MS = 1_000_000;

export class World {
  readonly random: Random;
  readonly odds: Odds;
  readonly tables: MemoryTables;
  readonly topics: Topics;
  /** Those of every fold and of every forwarder. */
  readonly shards: readonly SimulatedShard[];
  readonly messages: Message[] = [];
  /** What went wrong; the history ends with the first. */
  readonly problems: string[] = [];
  /** Nothing new goes wrong any more: owners are to finish. */
  calm = false;
  /** Steps so far: the size of the history. */
  events = 0;
  /** The time of day. It passes by steps, and jumps. */
  now_ms = BEGIN_MS;
  readonly #trace: string[] | undefined;

  constructor(random: Random, odds: Odds, pipeline: Pipeline, tables: MemoryTables, trace: string[] | undefined) {
    this.random = random;
    this.odds = odds;
    this.tables = tables;
    this.topics = new Topics(pipeline.partitions(random));
    this.shards = pipeline.folds
      .flatMap((fold) => [fold, ...fold.forwarders])
      .flatMap((worker) => this.topics.of(worker.topic).map((log) => ({ worker, shard: log.partition, log, groupOffset: undefined })));
    this.#trace = trace;
  }

  /** Something happened. */
  note(line: () => string): void {
    this.events++;
    this.now_ms++;
    this.#trace?.push(line());
  }

  /** Stores the group's offset in a shard; it must never pass what is counted. */
  moveGroup(shard: SimulatedShard, offset: number): void {
    shard.groupOffset = offset;
    const { fold } = shard.worker;
    if (fold === undefined) return;
    const { nextOffset } = this.tables.shard({ fold, shard: shard.shard });
    if (offset > nextOffset) this.problems.push(`the group of ${nameOf(shard)} moved to ${offset}, beyond next_offset ${nextOffset}`);
  }

  send(message: Omit<Message, 'slowness'>, slow: boolean): void {
    this.messages.push({ ...message, slowness: slow ? VERY_SLOW : 0 });
    this.note(() => `${message.sender} sends ${message.label()}`);
  }

  /** What the senders have under way will take long. */
  slowDown(senders: readonly string[]): void {
    for (const message of this.messages) if (senders.includes(message.sender)) message.slowness = VERY_SLOW;
  }

  /** One message of those under way arrives, or none does at this step. */
  deliverOne(): void {
    const index = this.random.below(this.messages.length);
    if (this.random.chance(this.messages[index]?.slowness ?? 1)) return;
    this.#deliver(this.#take(index));
  }

  /** One message of those under way never arrives. */
  dropOne(): void {
    if (this.messages.length > 0) this.#drop(this.#take(this.random.below(this.messages.length)));
  }

  /** Every message under way arrives at last, in any order, or never does. */
  settleMessages(): void {
    while (this.messages.length > 0) {
      const message = this.#take(this.random.below(this.messages.length));
      if (this.random.chance(0.7)) this.#deliver(message);
      else this.#drop(message);
    }
  }

  #take(index: number): Message {
    return this.messages.splice(index, 1)[0] as Message;
  }

  #deliver(message: Message): void {
    const remark = message.arrive();
    this.note(() => `   ${message.sender}: ${message.label()} arrives${remark}`);
  }

  #drop(message: Message): void {
    message.lose();
    this.note(() => `   ${message.sender}: ${message.label()} is lost`);
  }
}

/** A shard as the trace calls it. */
export function nameOf({ worker, shard }: SimulatedShard): string {
  return `${worker.name}/${shard}`;
}
