/** What thousands of viewers cost the process that pushes to them, at two order rates. */
import { systemClock as clock } from '#platform/clock/clock.ts';
import { atMost, type Figure, number } from '../figures.ts';
import { residentMemory_mb } from '../machine.ts';
import { startWorkloads, temporaryDirectory } from '../program.ts';
import { steadyOrders } from './steady-orders.ts';
import { Viewers } from './viewers.ts';

export interface CrowdSizes {
  readonly rounds: number;
  readonly viewers: number;
  readonly rates: readonly number[];
  readonly load_ms: number;
}

const GOAL_KB = 30;

/** The whole program on embedded storage; it tells itself what its rounds of pushes take. */
export async function measureCrowd({ rounds, viewers: count, rates, load_ms }: CrowdSizes): Promise<Figure[]> {
  const memory_kb: number[] = [];
  const samples = new Map<number, Sample[]>(rates.map((rate) => [rate, []]));
  for (let round = 0; round < rounds; round++) {
    using directory = temporaryDirectory();
    await using program = await startWorkloads(['all'], { KAISEKI_DATA_DIR: directory.path });
    using viewers = new Viewers();
    const sample = sampler(program.address, load_ms, round, viewers);
    await sample(Math.max(...rates));
    const before_mb = residentMemory_mb(program.pid).now;
    await viewers.open(program.address, 'cuisine', count);
    for (const rate of rates) samples.get(rate)?.push(await sample(rate));
    memory_kb.push(((residentMemory_mb(program.pid).now - before_mb) * 1_000) / count);
  }
  return [
    { what: `memory per viewer, ${number(count)} viewers`, unit: 'kB', values: memory_kb, digits: 1, goal: atMost(GOAL_KB) },
    ...rates.flatMap((rate): Figure[] => {
      const [seen, asked] = [samples.get(rate) ?? [], `${number(rate)} orders/s asked`];
      return [
        { what: `${asked}: taken`, unit: 'orders/s', values: seen.map((one) => one.ordersPerSecond) },
        {
          what: `${asked}: messages to each viewer`,
          unit: '/s',
          values: seen.map((one) => one.messagesPerSecond),
          digits: 1,
          goal: atMost(10),
        },
        { what: `${asked}: a round of pushes to ${number(count)} viewers`, unit: 'ms', values: seen.map((one) => one.round_ms), digits: 1 },
        { what: `${asked}: time spent pushing`, unit: '% of a core', values: seen.map((one) => one.share * 100), digits: 1 },
        {
          what: `${asked}: last order accepted → all viewers show the exact total`,
          unit: 'ms',
          values: seen.map((one) => one.converged_ms),
        },
      ];
    }),
  ];
}

interface Sample {
  readonly ordersPerSecond: number;
  readonly messagesPerSecond: number;
  /** Mean time of the rounds that sent something. */
  readonly round_ms: number;
  /** Of all time, 0 to 1. */
  readonly share: number;
  readonly converged_ms: number;
}

/** Measures again and again on the same data: it knows how many orders there are. */
function sampler(address: string, load_ms: number, seed: number, viewers: Viewers): (rate: number) => Promise<Sample> {
  let orders = 0;
  let runs = 0;
  return async (rate) => {
    const [pushing_s, messages, began_ms] = [await secondsOfRounds(address), viewers.messages, clock.monotonic_ms()];
    const load = await steadyOrders(address, rate, seed * 100 + runs++);
    await clock.sleep(load_ms);
    const sent = await load.stop();
    orders += sent.orders;
    const stopped_ms = clock.monotonic_ms();
    await untilCounted(address, orders);
    await viewers.converged(orders);
    const converged_ms = clock.monotonic_ms() - stopped_ms;
    const took_s = (clock.monotonic_ms() - began_ms) / 1_000;
    const pushed_s = (await secondsOfRounds(address)) - pushing_s;
    const heard = viewers.messages - messages;
    return {
      ordersPerSecond: sent.perSecond,
      messagesPerSecond: heard / took_s,
      round_ms: (pushed_s / Math.max(1, heard)) * 1_000,
      share: pushed_s / took_s,
      converged_ms,
    };
  };
}

/** What all rounds of pushes have taken so far. */
async function secondsOfRounds(address: string): Promise<number> {
  const text = await (await fetch(`${address}/metrics`)).text();
  const sum = /^kaiseki_live_round_seconds_sum(?:\{.*\})? (\S+)$/m.exec(text)?.[1];
  if (sum === undefined) throw new Error(`${address} does not tell what its rounds take`);
  return Number(sum);
}

async function untilCounted(address: string, orders: number): Promise<void> {
  for (;;) {
    const response = await fetch(`${address}/api/totals?dimension=cuisine`);
    const totals: { readonly orders: number } = JSON.parse(await response.text());
    if (totals.orders === orders) return;
    await clock.sleep(50);
  }
}
