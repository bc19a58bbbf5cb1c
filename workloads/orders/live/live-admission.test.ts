import { expect, it } from 'vitest';
import { HttpProblem } from '#platform/http/problem.ts';
import { createProgramMetrics } from '../../metrics.ts';
import { DEFAULT_MENU, Menu } from '../menu.ts';
import { liveAdmission } from './live-admission.ts';

const stopped = AbortSignal.abort();
const running = new AbortController().signal;

interface Circumstances {
  readonly isReady?: boolean;
  readonly stopping?: AbortSignal;
  /** Why the settings do not fit what was counted. */
  readonly problem?: HttpProblem;
}

/** What somebody is answered who comes when there are `viewers`. */
function answer(dimension: string, viewers: number, { isReady = true, stopping = running, problem }: Circumstances = {}) {
  const menu = new Menu(DEFAULT_MENU);
  const metrics = createProgramMetrics().orders.live;
  const settings = { viewersMax: 2 };
  const pin = {
    mustFit() {
      if (problem) throw problem;
    },
  };
  const admit = liveAdmission({ menu, settings, viewers: () => viewers, pin, isReady: () => isReady, stopping, metrics });
  try {
    admit(dimension);
    return 'admitted';
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    return [error.kind, error.extras.headers?.['Retry-After']];
  }
}

it('lets in who watches something that there is, while there is room and something to show', () => {
  expect(answer('snack', 1)).toBe('admitted');
  expect(answer('drinks', 1)).toEqual(['not-found', undefined]);
  expect(answer('snack', 2)).toEqual(['overloaded', '5']);
  expect(answer('snack', 1, { isReady: false })).toEqual(['unavailable', '1']);
  expect(answer('snack', 1, { stopping: stopped })).toEqual(['unavailable', '1']);
  expect(answer('snack', 1, { problem: new HttpProblem('misconfigured', 'other settings') })).toEqual(['misconfigured', undefined]);
});
