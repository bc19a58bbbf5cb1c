/** What thousands of viewers cost the process that pushes to them, at two order rates. */
import { systemClock as clock } from '#platform/clock/clock.ts';
import { atMost, type Figure, number } from '../figures.ts';
import { cpuUsage, residentMemory_mb } from '../machine.ts';
import { type MeasuredProcess, startWorkloads, temporaryDirectory } from '../program.ts';
import { steadyOrders } from './steady-orders.ts';
import { Viewers } from './viewers.ts';

export interface CrowdSizes {
  readonly rounds: number;
  readonly viewers: number;
  readonly rates: readonly number[];
  readonly load_ms: number;
}

/** Where orders are sent to, where totals are asked for, and the process that pushes. */
export interface CrowdProcesses {
  readonly ingest: string;
  readonly totals: string;
  readonly live: MeasuredProcess;
}

/** One round: the process before and after the viewers came. */
export interface Crowd {
  readonly memory_kb: number;
  readonly alone: ReadonlyMap<number, Sample>;
  readonly watched: ReadonlyMap<number, Sample>;
}

interface Sample {
  readonly ordersPerSecond: number;
  readonly messagesPerSecond: number;
  /** CPU time of the process in a second, user and system, in milliseconds. */
  readonly cpu_ms: number;
  /** From the last order's answer until all viewers show the exact total; without viewers, until it is counted. */
  readonly converged_ms: number;
}

const DIMENSION = 'cuisine';
const PATIENCE_MS = 60_000;
const GOAL_KB = 30;
const GOAL_MESSAGES = 10;

/** The whole program in one process, again and again from empty. */
export async function embeddedCrowd(sizes: CrowdSizes): Promise<Figure[]> {
  const rounds: Crowd[] = [];
  for (let round = 0; round < sizes.rounds; round++) {
    using directory = temporaryDirectory();
    await using program = await startWorkloads(['all'], { KAISEKI_DATA_DIR: directory.path });
    rounds.push(await measureCrowd({ ingest: program.address, totals: program.address, live: program }, sizes));
  }
  return crowdFigures(rounds, sizes);
}

/** Measures a generation that is empty. */
export async function measureCrowd({ live, ...addresses }: CrowdProcesses, { viewers: count, rates, load_ms }: CrowdSizes): Promise<Crowd> {
  using viewers = new Viewers();
  let orders = 0;
  const sample = async (ordersPerSecond: number): Promise<Sample> => {
    const [messages, began_ms, cpu] = [viewers.messages, clock.monotonic_ms(), cpuUsage([live.pid])];
    const load = await steadyOrders(addresses.ingest, ordersPerSecond, orders);
    await clock.sleep(load_ms);
    const sent = await load.stop();
    const stopped_ms = clock.monotonic_ms();
    orders += sent.orders;
    await untilCounted(addresses.totals, orders);
    await viewers.converged(orders);
    const took_s = (clock.monotonic_ms() - began_ms) / 1_000;
    return {
      ordersPerSecond: sent.perSecond,
      messagesPerSecond: (viewers.messages - messages) / took_s,
      cpu_ms: cpu.spent_us() / 1_000 / took_s,
      converged_ms: clock.monotonic_ms() - stopped_ms,
    };
  };
  const samples = async () => {
    const taken = new Map<number, Sample>();
    for (const rate of rates) taken.set(rate, await sample(rate));
    return taken;
  };
  await sample(Math.max(...rates));
  const alone = await samples();
  const before_mb = residentMemory_mb(live.pid).now;
  await viewers.open(live.address, DIMENSION, count);
  const watched = await samples();
  return { memory_kb: ((residentMemory_mb(live.pid).now - before_mb) * 1_000) / count, alone, watched };
}

export function crowdFigures(rounds: readonly Crowd[], { rates, viewers }: CrowdSizes): Figure[] {
  return [
    {
      what: `memory a viewer, ${number(viewers)} viewers`,
      unit: 'kB',
      values: rounds.map((one) => one.memory_kb),
      digits: 1,
      goal: atMost(GOAL_KB),
    },
    ...rates.flatMap((rate) => rateFigures(rounds, rate, viewers)),
  ];
}

function rateFigures(rounds: readonly Crowd[], rate: number, viewers: number): Figure[] {
  const pairs = rounds.flatMap(({ alone, watched }) => {
    const [without, with_] = [alone.get(rate), watched.get(rate)];
    return without && with_ ? [{ without, with_ }] : [];
  });
  const asked = `${number(rate)} orders/s asked`;
  return [
    { what: `${asked}: taken`, unit: 'orders/s', values: pairs.map(({ with_ }) => with_.ordersPerSecond) },
    {
      what: `${asked}: messages to each viewer`,
      unit: '/s',
      values: pairs.map(({ with_ }) => with_.messagesPerSecond),
      digits: 1,
      goal: atMost(GOAL_MESSAGES),
    },
    {
      what: `${asked}: CPU of the process, nobody watching`,
      unit: 'ms/s',
      values: pairs.map(({ without }) => without.cpu_ms),
    },
    { what: `${asked}: CPU of the process, ${number(viewers)} viewers`, unit: 'ms/s', values: pairs.map(({ with_ }) => with_.cpu_ms) },
    {
      what: `${asked}: CPU that one round of pushes to all of them adds`,
      unit: 'ms',
      values: pairs.map(({ without, with_ }) => (with_.cpu_ms - without.cpu_ms) / with_.messagesPerSecond),
      digits: 1,
    },
    {
      what: `${asked}: last order accepted → all viewers show the exact total`,
      unit: 'ms',
      values: pairs.map(({ with_ }) => with_.converged_ms),
    },
  ];
}

/** @throws Error when the totals never hold so many orders */
async function untilCounted(address: string, orders: number): Promise<void> {
  for (const deadline_ms = clock.monotonic_ms() + PATIENCE_MS; clock.monotonic_ms() < deadline_ms; ) {
    const response = await fetch(`${address}/api/totals?dimension=${DIMENSION}`);
    const totals: { readonly orders: number } = JSON.parse(await response.text());
    if (totals.orders === orders) return;
    await clock.sleep(50);
  }
  throw new Error(`the totals never held ${orders} orders`);
}
