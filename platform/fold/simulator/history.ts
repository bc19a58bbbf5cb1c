/**
 * One history: owners of shards come, stall, crash and go while messages arrive, get lost and time out, and the time jumps; then the
 * world calms down, the last owners drain all logs, everything under way arrives or is lost, and all is checked, twice.
 */
import { Random } from '#platform/random/random.ts';
import { check } from './check.ts';
import { Fleet } from './fleet.ts';
import { drawOdds } from './odds.ts';
import { pick } from './pick.ts';
import type { FeedRecord, Pipeline } from './pipeline.ts';
import type { SimulatedOwner } from './simulated-owner.ts';
import type { Subject } from './subject.ts';
import { appendTo, endOf, type SimulatedShard } from './topic.ts';
import { nameOf, World } from './world.ts';

export interface Verdict {
  readonly seed: number;
  /** What went wrong; empty when nothing did. */
  readonly problems: readonly string[];
  /** How long the history is: what a reader of its trace has to follow. */
  readonly events: number;
}

/** Turns until a calm world must have drained its logs. */
const DRAIN_TURNS = 30_000;
/** Turns until it is looked again whether they are drained, and whether each shard has an owner who works. */
const TEND_EVERY = 8;
/** Drains, one after the other, while what arrived late leaves something to do. */
const DRAINS_MAX = 20;
const STRAGGLER_TURNS = 40;
const CALM_DROP = 0.001;
const JUMP_MS_MAX = 4_000;

/** Runs the history of a seed; its events are added to `trace`, one line each. */
export async function runHistory(pipeline: Pipeline, subject: Subject, seed: number, trace?: string[]): Promise<Verdict> {
  const history = new History(pipeline, subject, seed, trace);
  await history.run();
  return { seed, problems: history.world.problems, events: history.world.events };
}

class History {
  readonly world: World;
  readonly #pipeline: Pipeline;
  readonly #fleet: Fleet;
  /** What clients will send. */
  readonly #feed: FeedRecord[][];

  constructor(pipeline: Pipeline, subject: Subject, seed: number, trace: string[] | undefined) {
    const random = new Random(seed);
    this.#pipeline = pipeline;
    this.world = new World(random, drawOdds(random), pipeline, subject.tables(), trace);
    this.#fleet = new Fleet(this.world, subject);
    this.#feed = pipeline.feed(random, (topic) => this.world.topics.of(topic).length).map((queue) => [...queue]);
  }

  async run(): Promise<void> {
    const { world } = this;
    for (const shard of world.shards) this.#fleet.assign(shard);
    for (let step = 0; step < world.odds.steps && world.problems.length === 0; step++) {
      const acted = this.#step();
      if (acted) await this.#fleet.settle(acted);
    }
    for (const queue of this.#feed) while (this.#appendNext(queue));
    this.#fleet.growMenu();
    await this.#drainAndCheck();
    if (world.problems.length > 0) return;
    this.#rewindAll();
    await this.#drainAndCheck();
  }

  /** Returns the owner that did something, if one did. Few steps are an owner's, so the others cost no promise. */
  #step(): SimulatedOwner | undefined {
    const { world } = this;
    const { odds, random, shards } = world;
    const shard = pick(random, shards);
    if (random.chance(odds.append) && this.#appendNext(pick(random, this.#feed))) return undefined;
    if (random.chance(odds.jump)) world.now_ms += random.below(JUMP_MS_MAX);
    const what = random.fraction();
    if (what < odds.assign) this.#fleet.maybeAssign(shard);
    else if (what < 0.025) this.#fleet.maybeCrash();
    else if (what < 0.028) this.#maybeRewind(shard);
    else if (what < 0.031) this.#fleet.changePace();
    else return this.#pump();
    return undefined;
  }

  /** One message arrives or is lost, or one owner has its turn. Returns the owner if it did something. */
  #pump(): SimulatedOwner | undefined {
    const { world } = this;
    const what = world.random.fraction();
    if (what < 0.5 && world.messages.length > 0) world.deliverOne();
    else if (what < 0.5 + (world.calm ? CALM_DROP : world.odds.drop)) world.dropOne();
    else return this.#fleet.turn();
    return undefined;
  }

  #appendNext(queue: FeedRecord[]): boolean {
    const { world } = this;
    const next = queue.shift();
    if (next === undefined) return false;
    const log = world.topics.of(next.topic)[next.partition];
    if (!log) throw new Error(`a client sends to ${next.topic}/${next.partition}, which is no partition`);
    const { offset } = appendTo(log, { key: next.key, value: next.value, timestamp_ms: world.now_ms }, next.gap);
    world.note(() => `-- ${offset} of ${next.topic}/${next.partition}: ${next.key ?? ''} ${next.value}`);
    return true;
  }

  #maybeRewind(shard: SimulatedShard): void {
    const { random } = this.world;
    if (random.chance(0.3)) this.#rewind(shard, random.chance(0.1) ? undefined : random.below((shard.groupOffset ?? 0) + 1));
  }

  #rewindAll(): void {
    const { random } = this.world;
    for (const shard of this.world.shards) {
      const where = random.fraction();
      if (where < 0.5) this.#rewind(shard, 0);
      else if (where < 0.75) this.#rewind(shard, random.below((shard.groupOffset ?? 0) + 1));
    }
  }

  #rewind(shard: SimulatedShard, offset: number | undefined): void {
    shard.groupOffset = offset;
    this.world.note(() => `-- the group's offset of ${nameOf(shard)} is set to ${offset ?? 'none'}`);
  }

  async #drainAndCheck(): Promise<void> {
    const { world } = this;
    for (let drains = 0; world.problems.length === 0; drains++) {
      if (drains === DRAINS_MAX) world.problems.push('stuck: what arrives late never ends');
      await this.#drainOnce();
      if (world.shards.every((shard) => this.#isDrained(shard))) break;
    }
    if (world.problems.length === 0) world.problems.push(...check(world, this.#pipeline));
  }

  /** Drains all logs; then all owners die, and what is still under way arrives or is lost. */
  async #drainOnce(): Promise<void> {
    const { world } = this;
    world.note(() => '-- the world calms down');
    await this.#drain();
    if (world.problems.length > 0) return;
    world.note(() => '-- all is drained; what is still under way arrives or is lost');
    for (let turn = 0; turn < STRAGGLER_TURNS; turn++) {
      const acted = this.#pump();
      if (acted) await this.#fleet.settle(acted);
    }
    this.#fleet.crash();
    world.settleMessages();
  }

  async #drain(): Promise<void> {
    const { world } = this;
    world.calm = true;
    for (const shard of world.shards) if (world.random.chance(0.5)) this.#fleet.assign(shard);
    for (let turn = 0; turn < DRAIN_TURNS; turn++) {
      if (world.problems.length > 0) return;
      if (turn % TEND_EVERY === 0 && world.shards.filter((shard) => !this.#fleet.tend(shard)).length === 0) return;
      const acted = this.#pump();
      if (acted) await this.#fleet.settle(acted);
    }
    const open = world.shards.filter((shard) => !this.#fleet.tend(shard)).map((shard) => this.#fleet.waits(shard));
    world.problems.push(`stuck: the logs never drain; ${open.join('; ')}`);
  }

  /** Nothing that arrived late is left to be folded or forwarded. */
  #isDrained({ worker, shard, log, groupOffset }: SimulatedShard): boolean {
    const done = worker.fold === undefined ? (groupOffset ?? 0) : this.world.tables.shard({ fold: worker.fold, shard }).nextOffset;
    return done >= endOf(log);
  }
}
