import { expect, it } from 'vitest';
import { HttpProblem } from '#platform/http/problem.ts';
import { createProgramMetrics } from '../../metrics.ts';
import { DEFAULT_MENU, Menu } from '../menu.ts';
import { liveAdmission } from './live-admission.ts';

const stopped = AbortSignal.abort();
const running = new AbortController().signal;

/** What somebody is answered who comes when there are `viewers`. */
function answer(dimension: string, viewers: number, { isReady = true, stopping = running } = {}) {
  const menu = new Menu(DEFAULT_MENU);
  const metrics = createProgramMetrics().orders.live;
  const settings = { viewersMax: 2, origins: [] };
  const admit = liveAdmission({ menu, settings, viewers: () => viewers, isReady: () => isReady, stopping, metrics });
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
});
