/** How many orders are sent when: each profile as a scenario of k6. An iteration sends one request. */
import type { Scenario } from 'k6/options';
import type { OrderSettings } from './settings.ts';

/** The longest that the fate of a request may take to be known (send.ts): it is waited for. */
const GRACEFUL_STOP = '150s';
/** How much higher a spike is than what goes before and after it. */
const SPIKE = 10;

/**
 * The scenario of the settings' profile. All but `replay` are open: requests are begun at their times, however slow the
 * answers are; those that found no client free are k6's `dropped_iterations`.
 */
export function scenarioOf(settings: OrderSettings): Scenario {
  const { profile, rate, vus, duration_s } = settings;
  const open = { timeUnit: `${settings.batch}s`, preAllocatedVUs: vus, maxVUs: vus, gracefulStop: GRACEFUL_STOP };
  const stage = (share: number, target: number) => ({
    duration: `${Math.floor(duration_s * share * 1_000)}ms`,
    target: Math.round(target),
  });
  switch (profile) {
    case 'replay':
      return {
        executor: 'shared-iterations',
        vus,
        iterations: Math.ceil(settings.orders / settings.batch),
        maxDuration: '24h',
        gracefulStop: GRACEFUL_STOP,
      };
    case 'steady':
    case 'soak':
    case 'hot':
      return { executor: 'constant-arrival-rate', rate, duration: `${duration_s}s`, ...open };
    case 'ramp':
      return {
        executor: 'ramping-arrival-rate',
        startRate: Math.ceil(rate / 10),
        stages: [stage(0.8, rate), stage(0.2, rate)],
        ...open,
      };
    case 'spike':
      return {
        executor: 'ramping-arrival-rate',
        startRate: rate,
        stages: [stage(0.4, rate), stage(0.02, rate * SPIKE), stage(0.16, rate * SPIKE), stage(0.02, rate), stage(0.4, rate)],
        ...open,
      };
  }
}

/** How long `replay` waits before its `index`-th request, in milliseconds since it began. */
export function due_ms({ rate, batch }: OrderSettings, index: number): number {
  return rate === 0 ? 0 : ((index * batch) / rate) * 1_000;
}
