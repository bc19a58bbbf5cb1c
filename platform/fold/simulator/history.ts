/**
 * One history: owners of shards come, stall, crash and go while messages arrive, get lost and time out; then the world
 * calms down, the last owners drain the log, everything under way arrives or is lost, and all is checked, twice.
 */

import { Random } from '#platform/random/random.ts';
import type { KeyState } from '../definition.ts';
import { check } from './check.ts';
import { drawLimits, drawOdds } from './odds.ts';
import { pick } from './pick.ts';
import { SimulatedOwner } from './simulated-owner.ts';
import type { Subject } from './subject.ts';
import type { MenuSize, SimulatedSystem } from './system.ts';
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
  readonly #subject: Subject;
  /** What will be in each shard's log. */
  readonly #values: readonly (readonly string[])[];
  #menu: MenuSize;
  #owners: SimulatedOwner[] = [];
  /** The owner to whom each shard was given last. */
  readonly #assigned: SimulatedOwner[] = [];
  #spawned = 0;

  constructor(system: SimulatedSystem<Event, State, Pin>, subject: Subject, seed: number, trace: string[] | undefined) {
    const random = new Random(seed);
    const odds = drawOdds(random);
    const shards = random.chance(0.85) ? 1 : system.shards_max;
    this.#system = system;
    this.#subject = subject;
    this.#menu = odds.menuGrows ? 'first' : 'larger';
    this.world = new World(random, odds, system.definition('larger').name, subject.tables(), shards, trace);
    this.#values = this.world.shards.map(({ shard }) => system.values(random, shard));
  }

  async run(): Promise<void> {
    const { world } = this;
    for (const shard of world.shards) this.#assign(shard);
    for (let step = 0; step < world.odds.steps && world.problems.length === 0; step++) await this.#step();
    for (const shard of world.shards) while (this.#appendNext(shard));
    this.#menu = 'larger';
    await this.#drainAndCheck();
    if (world.problems.length > 0) return;
    this.#rewindAll();
    await this.#drainAndCheck();
  }

  async #step(): Promise<void> {
    const { world } = this;
    const { odds, random } = world;
    const what = random.fraction();
    const shard = pick(random, world.shards);
    if (what < 0.03) this.#appendNext(shard);
    else if (what < 0.03 + odds.assign) this.#maybeAssign(shard);
    else if (what < 0.055) this.#maybeCrash();
    else if (what < 0.058) this.#maybeRewind(shard);
    else if (what < 0.061) this.#changePace();
    else await this.#pump();
  }

  /** One message arrives or is lost, or one owner has its turn. */
  async #pump(): Promise<void> {
    const { world } = this;
    const { random } = world;
    const what = random.fraction();
    if (what < 0.5 && world.messages.length > 0) return world.deliverOne();
    if (what < 0.5 + (world.calm ? CALM_DROP : world.odds.drop)) return world.dropOne();
    if (this.#owners.length === 0) return;
    const owner = pick(random, this.#owners);
    if (!random.chance(owner.weight) || !owner.turn()) return;
    await settled();
    if (owner.ended) this.#owners = this.#owners.filter((other) => other !== owner);
    if (owner.alarm && !this.#mayRefuse(owner)) world.problems.push(`alarm: ${owner.alarm.message}`);
  }

  /** Only an owner with the smaller menu may refuse a shard, where the larger one is pinned. */
  #mayRefuse(owner: SimulatedOwner): boolean {
    return owner.alarm?.kind === 'configuration' && this.world.odds.menuGrows && owner.menu === 'first';
  }

  /** Gives the shard to a new owner. The former ones will hear of it later; some of them stall until much later. */
  #assign(shard: SimulatedShard): void {
    const { world } = this;
    const { odds, random } = world;
    if (odds.menuGrows && random.chance(0.3)) this.#menu = this.#menu === 'first' ? 'larger' : this.#menu;
    if (!world.calm && random.chance(odds.stall)) {
      for (const owner of this.#owners) this.#stall(owner);
    }
    const menu = !world.calm && odds.menuGrows && random.chance(0.2) ? 'first' : this.#menu;
    for (const owner of this.#owners) if (owner.shard === shard) owner.replaced = true;
    const owner = new SimulatedOwner(`owner ${++this.#spawned}`, world, shard, menu);
    world.note(() => `-- shard ${shard.shard} is assigned to ${owner.name}${odds.menuGrows ? ` with the ${menu} menu` : ''}`);
    this.#assigned[shard.shard] = owner;
    this.#owners.push(owner);
    owner.start(this.#subject, this.#subject.define(this.#system.definition(menu)), drawLimits(random));
  }

  #maybeAssign(shard: SimulatedShard): void {
    if (this.#spawned < this.world.odds.owners_max * this.world.shards.length) this.#assign(shard);
  }

  #maybeCrash(): void {
    const { world } = this;
    if (this.#owners.length === 0 || this.#spawned >= world.odds.owners_max * world.shards.length || !world.random.chance(0.06)) return;
    const owner = pick(world.random, this.#owners);
    this.#owners = this.#owners.filter((other) => other !== owner);
    world.note(() => `-- ${owner.name} crashes`);
    if (this.#assigned[owner.shard.shard] === owner) this.#assign(owner.shard);
  }

  /** An owner stalls, or a stalled one wakes up. */
  #changePace(): void {
    const owner = this.#owners[this.world.random.below(this.#owners.length)];
    if (owner?.weight === 1) this.#stall(owner);
    else if (owner) owner.weight = 1;
  }

  #stall(owner: SimulatedOwner): void {
    owner.weight = pick(this.world.random, [0.02, 0.3]);
    this.world.slowDown([owner.name]);
    this.world.note(() => `-- ${owner.name} stalls, and what it has under way`);
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

  #appendNext({ shard, log }: SimulatedShard): boolean {
    const value = this.#values[shard]?.[log.length];
    if (value === undefined) return false;
    log.push({ partition: shard, offset: log.length, key: null, value: Buffer.from(value), timestamp_ms: 0 });
    this.world.note(() => `-- ${log.length - 1} of shard ${shard}: ${value}`);
    return true;
  }

  async #drainAndCheck(): Promise<void> {
    const { world } = this;
    if (world.problems.length > 0) return;
    world.note(() => '-- the world calms down');
    await this.#drain();
    if (world.problems.length > 0) return;
    world.note(() => '-- all is drained; what is still under way arrives or is lost');
    for (let turn = 0; turn < STRAGGLER_TURNS; turn++) await this.#pump();
    this.#owners = [];
    world.settleMessages();
    const { rejectedTopic, totalsTopic } = this.#system.definition('larger');
    world.problems.push(...check(world, { rejected: rejectedTopic, totals: totalsTopic }, this.#system.recount));
  }

  async #drain(): Promise<void> {
    const { world } = this;
    world.calm = true;
    for (const shard of world.shards) if (world.random.chance(0.5)) this.#assign(shard);
    for (let turn = 0; turn < DRAIN_TURNS; turn++) {
      let drained = true;
      for (const shard of world.shards) {
        const owner = this.#assigned[shard.shard];
        if (!owner || !this.#owners.includes(owner) || owner.alarm) this.#assign(shard);
        else owner.weight = 1;
        drained &&= owner?.isIdle === true;
      }
      if (drained || world.problems.length > 0) return;
      await this.#pump();
    }
    world.problems.push('stuck: the log never drains');
  }
}

/** Resolves when all that could run has run: a turn of the event loop begins when no promise is left to settle. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
