/** Who may watch: the same rules for every way to watch. */
import { HttpProblem, overloaded, unavailable } from '#platform/http/problem.ts';
import type { Menu } from '../menu.ts';
import type { LiveSettings } from '../settings.ts';

/** Lets one more watch a dimension, beside the `viewers` that there are; throws HttpProblem where it may not. */
export type LiveAdmission = (dimension: string, viewers: number) => void;

export interface LiveAdmissionOptions {
  readonly menu: Menu;
  readonly settings: LiveSettings;
  /** Whether there are totals to show yet. */
  readonly isReady: () => boolean;
  /** Aborted when the workload stops. */
  readonly stopping: AbortSignal;
}

/** Seconds until there may be room for another one. */
const FULL_RETRY_AFTER_S = 5;

export function liveAdmission({ menu, settings, isReady, stopping }: LiveAdmissionOptions): LiveAdmission {
  return (dimension, viewers) => {
    if (!menu.dimension(dimension)) throw new HttpProblem('not-found', 'Name a dimension of the menu: ?dimension=…');
    if (stopping.aborted || !isReady()) throw unavailable('This server is starting or stopping.');
    if (viewers < settings.viewersMax) return;
    throw overloaded('There are as many viewers as there may be.', { headers: { 'Retry-After': String(FULL_RETRY_AFTER_S) } });
  };
}
