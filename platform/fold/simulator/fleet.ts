/** The owners of a history: who owns which shard, who only believes so, who stalls, and who has crashed. */
import { drawLimits } from './odds.ts';
import { pick } from './pick.ts';
import type { MenuSize } from './pipeline.ts';
import { SimulatedOwner } from './simulated-owner.ts';
import type { Subject } from './subject.ts';
import type { SimulatedShard } from './topic.ts';
import { nameOf, type World } from './world.ts';

export class Fleet {
  readonly #world: World;
  readonly #subject: Subject;
  #owners: SimulatedOwner[] = [];
  /** The owner to whom each shard was given last. */
  readonly #assigned = new Map<SimulatedShard, SimulatedOwner>();
  #spawned = 0;
  /** What the next owners are configured with. */
  #menu: MenuSize;

  constructor(world: World, subject: Subject) {
    this.#world = world;
    this.#subject = subject;
    this.#menu = world.odds.menuGrows ? 'first' : 'larger';
  }

  /** From now on every owner has the larger menu. */
  growMenu(): void {
    this.#menu = 'larger';
  }

  /** Gives the shard to a new owner. The former ones will hear of it later; some of them stall until much later. */
  assign(shard: SimulatedShard): void {
    const { calm, odds, random } = this.#world;
    if (odds.menuGrows && random.chance(0.3)) this.#menu = 'larger';
    if (!calm && random.chance(odds.stall)) for (const owner of this.#owners) if (owner.shard.worker === shard.worker) this.#stall(owner);
    const menu = !calm && odds.menuGrows && random.chance(0.2) ? 'first' : this.#menu;
    for (const owner of this.#owners) if (owner.shard === shard) owner.replaced = true;
    const owner = new SimulatedOwner(`owner ${++this.#spawned} of ${nameOf(shard)}`, this.#world, shard, menu);
    this.#world.note(() => `-- ${nameOf(shard)} is assigned to ${owner.name}${odds.menuGrows ? ` with the ${menu} menu` : ''}`);
    this.#assigned.set(shard, owner);
    this.#owners.push(owner);
    owner.start(this.#subject, drawLimits(random));
  }

  /** The same, while there may be more owners. */
  maybeAssign(shard: SimulatedShard): void {
    if (!this.#isFull) this.assign(shard);
  }

  /** An owner dies between two of its steps; its messages stay under way. */
  maybeCrash(): void {
    const { random } = this.#world;
    if (this.#owners.length === 0 || this.#isFull || !random.chance(0.06)) return;
    const owner = pick(random, this.#owners);
    owner.crashed = true;
    this.#remove(owner);
    this.#world.note(() => `-- ${owner.name} crashes`);
    if (this.#assigned.get(owner.shard) === owner) this.assign(owner.shard);
  }

  /** An owner stalls, or a stalled one wakes up. */
  changePace(): void {
    const owner = this.#owners[this.#world.random.below(this.#owners.length)];
    if (owner?.weight === 1) this.#stall(owner);
    else if (owner) owner.weight = 1;
  }

  /** One owner has its turn. Returns it if it did something: then it must be left to `settle` before anything else happens. */
  turn(): SimulatedOwner | undefined {
    if (this.#owners.length === 0) return undefined;
    const owner = pick(this.#world.random, this.#owners);
    return this.#world.random.chance(owner.weight) && owner.turn() ? owner : undefined;
  }

  /** The code of an owner runs until all of it waits. */
  async settle(owner: SimulatedOwner): Promise<void> {
    await settled();
    if (owner.ended) this.#remove(owner);
    if (owner.alarm && !this.#mayRefuse(owner)) this.#world.problems.push(`alarm: ${owner.alarm.message}`);
  }

  /** Sees to it that the shard has an owner who works; true when it has nothing left to do. */
  tend(shard: SimulatedShard): boolean {
    const owner = this.#assigned.get(shard);
    if (!owner || !this.#owners.includes(owner) || owner.alarm) this.assign(shard);
    else owner.weight = 1;
    return owner?.isIdle === true;
  }

  /** What the owner of a shard waits for. */
  waits(shard: SimulatedShard): string {
    const owner = this.#assigned.get(shard);
    return `${owner?.name} waits for ${owner?.waiting.join(', ') || 'nothing'}`;
  }

  /** All of them die. */
  crash(): void {
    for (const owner of this.#owners) owner.crashed = true;
    this.#owners = [];
  }

  get #isFull(): boolean {
    return this.#spawned >= this.#world.odds.owners_max * this.#world.shards.length;
  }

  #stall(owner: SimulatedOwner): void {
    owner.weight = pick(this.#world.random, [0.02, 0.1, 0.3]);
    this.#world.slowDown([owner.name]);
    this.#world.note(() => `-- ${owner.name} stalls, and what it has under way`);
  }

  #remove(owner: SimulatedOwner): void {
    this.#owners = this.#owners.filter((other) => other !== owner);
  }

  /** Only an owner with the smaller menu may refuse a shard, where the larger one is pinned. */
  #mayRefuse({ alarm, menu }: SimulatedOwner): boolean {
    return alarm?.kind === 'configuration' && menu === 'first';
  }
}

/** Resolves when all that could run has run: a turn of the event loop begins when no promise is left to settle. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
