/**
 * A process that owns one shard, or believes so: it runs the production fold on ports that are messages (ports.ts). It
 * does nothing until the scheduler gives it a turn, and then one thing: a call of its returns, or is given up.
 */
import type { FoldContext } from '../context.ts';
import type { FoldDefinition, KeyState } from '../definition.ts';
import { FlushRoom } from '../flush-room.ts';
import type { FoldLimits } from '../limits.ts';
import type { FoldAlarm, FoldObserver } from '../outcome.ts';
import { Partition, simulatedAppend, simulatedClock, simulatedTables } from './ports.ts';
import type { Subject } from './subject.ts';
import type { MenuSize } from './system.ts';
import { endOf, type SimulatedShard, type World } from './world.ts';

/** Thrown by a call that was given up: whether it was applied, or will be, is unknown. */
class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/** One for all: to make an error takes longer than most calls do. */
const UNANSWERED = new Unanswered('no answer came');

/** How often a call that nobody will answer is given up, at a turn. */
const LOST_TIMEOUT = 0.3;
/** In a calm world too, calls fail now and then. */
const CALM_LOSSY = 0.02;
const CALM_TIMEOUT = 0.01;
const CALM_REVOKE = 0.1;
/** What share of the odds' faults falls to a call. Where a failure only makes the owner begin again, fewer of them fail. */
const SHARES = { read: 0.1, claim: 0.3, append: 0.3, write: 1 } as const;
export type CallKind = keyof typeof SHARES;
const REVOKED = 'the shard was given to another owner';

/** Something that the owner's code waits for. */
export interface Wait {
  readonly label: () => string;
  readonly ready: () => boolean;
  readonly finish: () => void;
  /** Gives it up; absent where waiting cannot fail. */
  readonly giveUp?: () => void;
  /** Nothing but giving up will end it. */
  lost: boolean;
  /** What share of the odds' faults falls to it. */
  readonly share: number;
}

/** A part of a call, which arrives by itself. */
export interface Part<T> {
  readonly label: () => string;
  readonly apply: () => T;
  /** A remark on the answer for the trace. */
  readonly remark?: (answer: T) => string;
}

export class SimulatedOwner {
  readonly name: string;
  readonly world: World;
  readonly shard: SimulatedShard;
  readonly menu: MenuSize;
  /** How often it gets the turns that fall to it: a stalled one almost never does. */
  weight = 1;
  /** The shard was given to another owner; it will hear of that at some turn. */
  replaced = false;
  ended = false;
  alarm: FoldAlarm | undefined;
  readonly #waits: Wait[] = [];
  readonly #abort = new AbortController();
  readonly #partition: Partition;

  constructor(name: string, world: World, shard: SimulatedShard, menu: MenuSize) {
    this.name = name;
    this.world = world;
    this.shard = shard;
    this.menu = menu;
    this.#partition = new Partition(this, this.#abort.signal);
  }

  /** Runs the fold until the shard is taken away. */
  start<Event, State extends KeyState, Pin>(subject: Subject, definition: FoldDefinition<Event, State, Pin>, limits: FoldLimits): void {
    const context: FoldContext<Event, State, Pin> = {
      definition,
      limits,
      // A process that owns one shard never waits for others.
      room: new FlushRoom(limits.flushRecords),
      log: { append: simulatedAppend(this), nameOf: (name) => name },
      tables: simulatedTables(this),
      clock: simulatedClock(this),
      observer: this.#observer(),
    };
    subject.ownShard(context, this.#partition.port(definition.topic)).then(
      () => {
        this.ended = true;
      },
      (error: unknown) => this.world.problems.push(`the owner rejected: ${error}`),
    );
  }

  /** Issues a call whose parts arrive by themselves, in any order; resolves with their answers when all were heard of. */
  call<T>(kind: CallKind, label: string, parts: readonly Part<T>[]): Promise<T[]> {
    return new Promise((resolve, reject) => {
      const share = SHARES[kind];
      const answers: T[] = [];
      let open = parts.length;
      const wait: Wait = {
        label: () => label,
        ready: () => open === 0,
        finish: () => resolve(answers),
        giveUp: () => reject(UNANSWERED),
        lost: false,
        share,
      };
      const { calm, odds, random } = this.world;
      const lostPart = random.chance(share * (calm ? CALM_LOSSY : odds.lossy)) ? random.below(parts.length) : -1;
      const slowPart = !calm && random.chance(share * odds.slow) ? random.below(parts.length + 1) : -1;
      const lose = () => {
        wait.lost = true;
      };
      for (const [index, part] of parts.entries()) {
        const arrive = () => {
          const answer = part.apply();
          answers[index] = answer;
          if (index === lostPart) lose();
          else open--;
          return `${part.remark?.(answer) ?? ''}${index === lostPart ? ' (no answer)' : ''}`;
        };
        const slow = slowPart === index || slowPart === parts.length;
        this.world.send({ sender: this.name, label: part.label, arrive, lose }, slow);
      }
      this.wait(wait);
    });
  }

  wait(wait: Wait): void {
    this.#waits.push(wait);
  }

  /** One turn. Returns whether anything happened: then its code must run before anything else does. */
  turn(): boolean {
    const { calm, odds, random } = this.world;
    if (this.replaced && !this.#abort.signal.aborted && random.chance(calm ? CALM_REVOKE : odds.revoke)) {
      this.revoke();
      return true;
    }
    const index = random.below(this.#waits.length);
    const wait = this.#waits[index];
    if (!wait) return false;
    if (wait.ready()) {
      this.#waits.splice(index, 1);
      wait.finish();
      return true;
    }
    if (wait.giveUp && random.chance(wait.lost ? LOST_TIMEOUT : wait.share * (calm ? CALM_TIMEOUT : odds.timeout))) {
      this.#waits.splice(index, 1);
      this.world.note(() => `${this.name} gives up ${wait.label()}`);
      wait.giveUp();
      return true;
    }
    return false;
  }

  /** Tells it that the shard is no longer its own. */
  revoke(): void {
    this.world.note(() => `${this.name} hears that shard ${this.shard.shard} is no longer its own`);
    this.#abort.abort(REVOKED);
  }

  /** Whether it has done all that there is to do. */
  get isIdle(): boolean {
    return this.#waits.length === 1 && this.#partition.isReadingAt(endOf(this.shard));
  }

  #observer(): FoldObserver {
    const { world, name } = this;
    return {
      claimed: (_, epoch, nextOffset) => world.note(() => `${name} owns epoch ${epoch} from next_offset ${nextOffset}`),
      flushed: (report) => {
        const { records, counted, redone, duplicates, rejected, skipped, nextOffset } = report;
        world.note(
          () =>
            `${name} flushed to ${nextOffset}: ${counted.length} counted, ${redone} redone, ${duplicates} duplicates, ${rejected} rejected, ${skipped} skipped`,
        );
        if (counted.length + redone + duplicates + rejected + skipped !== records) world.problems.push('a flush lost sight of records');
      },
      abandoned: (_, error) => {
        world.note(() => `${name} forgets everything: ${error}`);
        if (error instanceof Error && (error.name === 'Abandoned' || error === UNANSWERED)) return;
        world.problems.push(`broken invariant: ${error instanceof Error ? error.stack : error}`);
      },
      alarmed: (_, alarm) => {
        world.note(() => `${name} alarms: ${alarm.message}`);
        this.alarm = alarm;
      },
      released: () => world.note(() => `${name} lets go`),
    };
  }
}
