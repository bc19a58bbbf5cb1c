/** Who may watch: the same rules for every way to watch. */
import { HttpProblem, overloaded, unavailable } from '#platform/http/problem.ts';
import type { Menu } from '../menu.ts';
import type { PinWatch } from '../pin-watch.ts';
import type { LiveSettings } from '../settings.ts';
import type { LiveMetrics } from './live-metrics.ts';

/** Lets one more watch a dimension; throws HttpProblem, and counts it, where it may not. */
export type LiveAdmission = (dimension: string) => void;

export interface LiveAdmissionOptions {
  readonly menu: Menu;
  readonly settings: LiveSettings;
  /** How many watch now, of all transports together: each holds one of the server's connections. */
  readonly viewers: () => number;
  readonly pin: Pick<PinWatch, 'mustFit'>;
  /** Whether there are totals to show yet. */
  readonly isReady: () => boolean;
  /** Aborted when the workload stops. */
  readonly stopping: AbortSignal;
  readonly metrics: LiveMetrics;
}

/** Seconds until there may be room for another one. */
const FULL_RETRY_AFTER_S = 5;

export function liveAdmission({ menu, settings, viewers, pin, isReady, stopping, metrics }: LiveAdmissionOptions): LiveAdmission {
  return (dimension) =>
    countingRefusals(metrics, () => {
      if (!menu.dimension(dimension)) throw new HttpProblem('not-found', 'Name a dimension of the menu: ?dimension=…');
      pin.mustFit();
      if (stopping.aborted || !isReady()) throw unavailable('This server is starting or stopping.');
      if (viewers() < settings.viewersMax) return;
      throw overloaded('There are as many viewers as there may be.', { headers: { 'Retry-After': String(FULL_RETRY_AFTER_S) } });
    });
}

/** Does `check`, and counts the HttpProblem that it throws as a refusal. */
export function countingRefusals<T>(metrics: LiveMetrics, check: () => T): T {
  try {
    return check();
  } catch (error) {
    metrics.refused.inc({ reason: error instanceof HttpProblem ? error.kind : 'internal' });
    throw error;
  }
}
