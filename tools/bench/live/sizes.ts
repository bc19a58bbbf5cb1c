/** How much is measured. */
import type { CrowdSizes } from './crowd.ts';
import type { PaintedSizes } from './painted.ts';

export interface LiveSizes {
  readonly painted: PaintedSizes;
  /** On Kafka and Cassandra, where each takes longer. */
  readonly paintedOnServers: PaintedSizes;
  readonly crowd: CrowdSizes;
  /** On Kafka and Cassandra, with the viewers in front of a process that does nothing but push. */
  readonly crowdOnServers: CrowdSizes;
}

const VIEWERS = 5_000;
const RATES = [500, 5_000];

export const FULL: LiveSizes = {
  painted: { rounds: 3, probes: 150, ordersPerSecond: 2_000 },
  paintedOnServers: { rounds: 3, probes: 50, ordersPerSecond: 2_000 },
  crowd: { rounds: 3, viewers: VIEWERS, rates: RATES, load_ms: 6_000 },
  // One round: each makes a generation of its own, and the part on servers is to stay within five minutes.
  crowdOnServers: { rounds: 1, viewers: VIEWERS, rates: RATES, load_ms: 6_000 },
};

/** For trying the benchmark itself. */
export const QUICK: LiveSizes = {
  painted: { rounds: 1, probes: 10, ordersPerSecond: 500 },
  paintedOnServers: { rounds: 1, probes: 10, ordersPerSecond: 500 },
  crowd: { rounds: 1, viewers: 500, rates: [500, 2_000], load_ms: 2_000 },
  crowdOnServers: { rounds: 1, viewers: 500, rates: [500, 1_000], load_ms: 2_000 },
};
