/**
 * A process that owns one shard, or believes so: it runs the production fold, or the forwarder of a delay, on ports that are messages
 * (ports.ts). It does nothing until the scheduler gives it a turn, and then one thing: a call of its returns, or is given up.
 */
import { FoldBudget } from '../budget.ts';
import type { FoldLimits } from '../limits.ts';
import type { FoldAlarm, FoldObserver } from '../outcome.ts';
import { simulatedAppend } from './append.ts';
import { type CallKind, type Part, SHARES, UNANSWERED, type Wait } from './call.ts';
import { Partition } from './partition.ts';
import type { MenuSize } from './pipeline.ts';
import { simulatedClock, simulatedTables } from './ports.ts';
import type { Subject } from './subject.ts';
import { endOf, type SimulatedShard } from './topic.ts';
import { nameOf, type World } from './world.ts';

/** How often a call that nobody will answer is given up, at a turn. */
const LOST_TIMEOUT = 0.3;
/** In a calm world too, calls fail now and then. */
const CALM_LOSSY = 0.02;
const CALM_TIMEOUT = 0.01;
const CALM_REVOKE = 0.1;
const REVOKED = 'the shard was given to another owner';

export class SimulatedOwner {
  readonly name: string;
  readonly world: World;
  readonly shard: SimulatedShard;
  readonly menu: MenuSize;
  /** How far its clock is ahead of the world's, in milliseconds. */
  readonly skew_ms: number;
  /** How often it gets the turns that fall to it: a stalled one almost never does. */
  weight = 1;
  /** The shard was given to another owner; it will hear of that at some turn. */
  replaced = false;
  ended = false;
  /** It died: nothing more is sent in its name. */
  crashed = false;
  alarm: FoldAlarm | undefined;
  /** What its first turn does. */
  #begin: (() => void) | undefined;
  readonly #waits: Wait[] = [];
  readonly #abort = new AbortController();
  readonly #partition: Partition;

  constructor(name: string, world: World, shard: SimulatedShard, menu: MenuSize) {
    this.name = name;
    this.world = world;
    this.shard = shard;
    this.menu = menu;
    this.skew_ms = world.random.below(world.odds.skew_ms + 1);
    this.#partition = new Partition(this, this.#abort.signal);
  }

  /** From its first turn on it runs until the shard is taken away. */
  start(subject: Subject, limits: FoldLimits): void {
    this.#begin = () => this.#run(subject, limits);
  }

  #run(subject: Subject, limits: FoldLimits): void {
    const { topic } = this.shard.worker;
    const context = {
      limits,
      // A process that owns one shard never waits for others.
      budget: new FoldBudget({ recordsInFlushes: limits.flushRecords, cachedPages: limits.cachedPages, claimsAtOnce: 1 }),
      log: { append: simulatedAppend(this, subject.suffixes), nameOf: (name: string) => name },
      tables: simulatedTables(this),
      clock: simulatedClock(this),
      observer: this.#observer(),
    };
    this.shard.worker.own(subject, context, this.#partition.port(topic), this.menu).then(
      () => {
        this.ended = true;
      },
      (error: unknown) => this.world.problems.push(`the owner rejected: ${error}`),
    );
  }

  /** Issues a call whose parts arrive by themselves, in any order; resolves with their answers when all were heard of. */
  call<T>(kind: CallKind, label: string, parts: readonly Part<T>[]): Promise<T[]> {
    return new Promise((resolve, reject) => {
      const answers: T[] = [];
      let open = parts.length;
      const wait: Wait = {
        label: () => label,
        ready: () => open === 0,
        finish: () => resolve(answers),
        giveUp: () => reject(UNANSWERED),
        lost: false,
        share: SHARES[kind],
      };
      const { random } = this.world;
      const lostPart = this.isLossy(kind) ? random.below(parts.length) : -1;
      const slowPart = this.isSlow(kind) ? random.below(parts.length + 1) : -1;
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

  /** A part of a call of that kind arrives, but nobody hears of it. */
  isLossy(kind: CallKind): boolean {
    const { calm, odds, random } = this.world;
    return random.chance(SHARES[kind] * (calm ? CALM_LOSSY : odds.lossy));
  }

  /** A part of a call of that kind takes long. */
  isSlow(kind: CallKind): boolean {
    const { calm, odds, random } = this.world;
    return !calm && random.chance(SHARES[kind] * odds.slow);
  }

  /** One turn. Returns whether anything happened: then its code must run before anything else does. */
  turn(): boolean {
    if (this.#begin) {
      this.#begin();
      this.#begin = undefined;
      return true;
    }
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
    this.world.note(() => `${this.name} hears that ${nameOf(this.shard)} is no longer its own`);
    this.#abort.abort(REVOKED);
  }

  /** What it waits for. */
  get waiting(): readonly string[] {
    return this.#waits.map(({ label }) => label());
  }

  /** Whether it has done all that there is to do. */
  get isIdle(): boolean {
    return this.#waits.length === 1 && this.#partition.isReadingAt(endOf(this.shard.log));
  }

  #observer(): FoldObserver {
    const { world, name } = this;
    const failed = (error: unknown) => {
      world.note(() => `${name} forgets everything: ${error}`);
      if (error instanceof Error && (error.name === 'Abandoned' || error.name === 'AppendFailed' || error === UNANSWERED)) return;
      world.problems.push(`broken invariant: ${error instanceof Error ? error.stack : error}`);
    };
    const alarmed = (_: number, alarm: FoldAlarm) => {
      world.note(() => `${name} alarms: ${alarm.message}`);
      this.alarm = alarm;
    };
    const released = () => world.note(() => `${name} lets go`);
    return {
      claimed: (_, epoch, nextOffset) => world.note(() => `${name} owns epoch ${epoch} from next_offset ${nextOffset}`),
      flushed: ({ records, counted, refused, redone, repeated, rejected, skipped, nextOffset }) => {
        world.note(
          () =>
            `${name} flushed to ${nextOffset}: ${counted.length} counted, ${refused} refused, ${redone} redone, ${repeated} repeated, ${rejected} rejected, ${skipped} skipped`,
        );
        if (counted.length + refused + redone + repeated + rejected + skipped !== records)
          world.problems.push('a flush lost sight of records');
      },
      abandoned: (_, error) => failed(error),
      alarmed,
      released,
      delay: () => ({
        forwarded: (records) => world.note(() => `${name} forwarded ${records}`),
        started: () => undefined,
        overdue: () => undefined,
        rejected: () => world.problems.push(`${name} rejected what a fold had put off`),
        failed: (_, error) => failed(error),
        alarmed,
        released,
      }),
    };
  }
}
