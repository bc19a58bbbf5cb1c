/**
 * One history: owners of shards come, stall, crash and go while messages arrive, get lost and time out; then the world
 * calms down, the last owners drain the log, everything under way arrives or is lost, and all is checked, twice.
 */
import { NO_HEADERS } from '#platform/log/log.ts';
import { Random } from '#platform/random/random.ts';
import type { KeyState } from '../definition.ts';
import { check } from './check.ts';
import { Fleet } from './fleet.ts';
import { drawOdds } from './odds.ts';
import { pick } from './pick.ts';
import type { Subject } from './subject.ts';
import type { SimulatedSystem } from './system.ts';
import { type SimulatedShard, World } from './world.ts';

export interface Verdict {
  readonly seed: number;
  /** What went wrong; empty when nothing did. */
  readonly problems: readonly string[];
  /** How long the history is: what a reader of its trace has to follow. */
  readonly events: number;
}

/** Turns until a calm world must have drained its log. */
const DRAIN_TURNS = 20_000;
const STRAGGLER_TURNS = 40;
const CALM_DROP = 0.001;

/** Runs the history of a seed; its events are added to `trace`, one line each. */
export async function runHistory<Event, State extends KeyState, Pin>(
  system: SimulatedSystem<Event, State, Pin>,
  subject: Subject,
  seed: number,
  trace?: string[],
): Promise<Verdict> {
  const history = new History(system, subject, seed, trace);
  await history.run();
  return { seed, problems: history.world.problems, events: history.world.events };
}

class History<Event, State extends KeyState, Pin> {
  readonly world: World;
  readonly #system: SimulatedSystem<Event, State, Pin>;
  readonly #fleet: Fleet<Event, State, Pin>;
  /** What will be in each shard's log, and at which offsets. */
  readonly #values: readonly (readonly string[])[];
  readonly #offsets: readonly (readonly number[])[];

  constructor(system: SimulatedSystem<Event, State, Pin>, subject: Subject, seed: number, trace: string[] | undefined) {
    const random = new Random(seed);
    const odds = drawOdds(random);
    const shards = random.chance(0.85) ? 1 : system.shards_max;
    this.#system = system;
    this.world = new World(random, odds, system.definition('larger').name, subject.tables(), shards, trace);
    this.#fleet = new Fleet(this.world, subject, system.definition);
    this.#values = this.world.shards.map(({ shard }) => system.values(random, shard));
    this.#offsets = this.#values.map(({ length }) => system.offsets(random, length));
  }

  async run(): Promise<void> {
    const { world } = this;
    for (const shard of world.shards) this.#fleet.assign(shard);
    for (let step = 0; step < world.odds.steps && world.problems.length === 0; step++) await this.#step();
    for (const shard of world.shards) while (this.#appendNext(shard));
    this.#fleet.growMenu();
    await this.#drainAndCheck();
    if (world.problems.length > 0) return;
    this.#rewindAll();
    await this.#drainAndCheck();
  }

  async #step(): Promise<void> {
    const { odds, random, shards } = this.world;
    const shard = pick(random, shards);
    if (random.chance(odds.append) && this.#appendNext(shard)) return;
    const what = random.fraction();
    if (what < odds.assign) this.#fleet.maybeAssign(shard);
    else if (what < 0.025) this.#fleet.maybeCrash();
    else if (what < 0.028) this.#maybeRewind(shard);
    else if (what < 0.031) this.#fleet.changePace();
    else await this.#pump();
  }

  /** One message arrives or is lost, or one owner has its turn. */
  async #pump(): Promise<void> {
    const { world } = this;
    const what = world.random.fraction();
    if (what < 0.5 && world.messages.length > 0) world.deliverOne();
    else if (what < 0.5 + (world.calm ? CALM_DROP : world.odds.drop)) world.dropOne();
    else await this.#fleet.turn();
  }

  #appendNext({ shard, log }: SimulatedShard): boolean {
    const value = this.#values[shard]?.[log.length];
    const offset = this.#offsets[shard]?.[log.length];
    if (value === undefined || offset === undefined) return false;
    log.push({ partition: shard, offset, key: null, value: Buffer.from(value), timestamp_ms: 0, headers: NO_HEADERS });
    this.world.note(() => `-- ${offset} of shard ${shard}: ${value}`);
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
    this.world.note(() => `-- the group's offset in shard ${shard.shard} is set to ${offset ?? 'none'}`);
  }

  async #drainAndCheck(): Promise<void> {
    const { world } = this;
    if (world.problems.length > 0) return;
    world.note(() => '-- the world calms down');
    await this.#drain();
    if (world.problems.length > 0) return;
    world.note(() => '-- all is drained; what is still under way arrives or is lost');
    for (let turn = 0; turn < STRAGGLER_TURNS; turn++) await this.#pump();
    this.#fleet.crash();
    world.settleMessages();
    const { rejectedTopic, totalsTopic } = this.#system.definition('larger');
    world.problems.push(...check(world, { rejected: rejectedTopic, totals: totalsTopic }, this.#system));
  }

  async #drain(): Promise<void> {
    const { world } = this;
    world.calm = true;
    for (const shard of world.shards) if (world.random.chance(0.5)) this.#fleet.assign(shard);
    for (let turn = 0; turn < DRAIN_TURNS; turn++) {
      const open = world.shards.filter((shard) => !this.#fleet.tend(shard));
      if (open.length === 0 || world.problems.length > 0) return;
      await this.#pump();
    }
    world.problems.push('stuck: the log never drains');
  }
}
