/**
 * The world of one history: the shards' logs, the group's offsets, the tables, the topics, and the messages that are on
 * their way. A message is applied at any later time, even after its sender gave it up or died, or never.
 */
import type { LogRecord, NewRecord } from '#platform/log/log.ts';
import type { Random } from '#platform/random/random.ts';
import type { MemoryTables } from './memory-tables.ts';
import type { Odds } from './odds.ts';

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

/** One partition of the log, and the group's offset in it. */
export interface SimulatedShard {
  readonly shard: number;
  readonly log: LogRecord[];
  groupOffset: number | undefined;
}

const VERY_SLOW = 0.97;

/** The offset behind the last record of a shard. */
export function endOf({ log }: SimulatedShard): number {
  return (log.at(-1)?.offset ?? -1) + 1;
}

export class World {
  readonly random: Random;
  readonly odds: Odds;
  /** The fold's name in the tables. */
  readonly fold: string;
  readonly tables: MemoryTables;
  readonly shards: readonly SimulatedShard[];
  readonly topics = new Map<string, NewRecord[]>();
  readonly messages: Message[] = [];
  /** What went wrong; the history ends with the first. */
  readonly problems: string[] = [];
  /** Nothing new goes wrong any more: owners are to finish. */
  calm = false;
  /** Steps so far: the size of the history, and its clock. */
  events = 0;
  readonly #trace: string[] | undefined;

  constructor(random: Random, odds: Odds, fold: string, tables: MemoryTables, shards: number, trace: string[] | undefined) {
    this.random = random;
    this.odds = odds;
    this.fold = fold;
    this.tables = tables;
    this.shards = Array.from({ length: shards }, (_, shard) => ({ shard, log: [], groupOffset: undefined }));
    this.#trace = trace;
  }

  /** Something happened. */
  note(line: () => string): void {
    this.events++;
    this.#trace?.push(line());
  }

  /** Stores the group's offset in a shard; it must never pass what is counted. */
  moveGroup(shard: SimulatedShard, offset: number): void {
    shard.groupOffset = offset;
    const { nextOffset } = this.tables.shard({ fold: this.fold, shard: shard.shard });
    if (offset > nextOffset) this.problems.push(`the group moved to ${offset}, beyond next_offset ${nextOffset}`);
  }

  topic(name: string): NewRecord[] {
    const records = this.topics.get(name) ?? [];
    this.topics.set(name, records);
    return records;
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
