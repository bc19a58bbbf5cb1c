/** Probes: /livez, /readyz. */
import { z } from 'zod';
import type { Clock } from '#platform/clock/clock.ts';
import type { Readiness } from './readiness.ts';
import { type Route, sendJson } from './route.ts';

export interface HealthOptions {
  readonly clock: Clock;
  /** The reasons of the process and its workloads. */
  readiness(): readonly Readiness[];
  /** What the process depends on, by name: resolves when it answers, rejects with the reason when it does not. */
  readonly dependencies: Readonly<Record<string, () => Promise<void>>>;
}

/** How long a dependency may take to answer, in milliseconds: probes themselves give up after a few seconds. */
const CHECK_MS_MAX = 2_000;
/** How long an answer is believed, in milliseconds, so that probes cannot become a load. */
const CHECK_BELIEVED_MS = 500;

const readinessSchema = z.strictObject({
  ready: z.boolean(),
  checks: z.array(z.strictObject({ name: z.string(), ready: z.boolean(), reason: z.string().optional() })),
});

export function healthRoutes({ clock, readiness, dependencies }: HealthOptions): readonly Route[] {
  const checks = Object.entries(dependencies).map(([name, check]) => dependencyCheck(name, check, clock));
  const content = { 'application/json': readinessSchema };
  return [
    {
      method: 'get',
      path: '/livez',
      summary: 'Whether the process runs',
      tag: 'operations',
      role: 'open',
      responses: { 200: { description: 'It does.', content: { 'application/json': z.strictObject({ alive: z.literal(true) }) } } },
      async handle(context) {
        sendJson(context, 200, { alive: true });
      },
    },
    {
      method: 'get',
      path: '/readyz',
      summary: 'Whether the process can do its work, and why not',
      tag: 'operations',
      role: 'open',
      responses: { 200: { description: 'It can.', content }, 503: { description: 'It cannot now; the reasons are there.', content } },
      async handle(context) {
        const all = [...readiness(), ...(await Promise.all(checks.map((check) => check())))];
        const ready = all.every((one) => one.ready);
        sendJson(context, ready ? 200 : 503, { ready, checks: all });
      },
    },
  ];
}

/** One dependency's readiness: asked once for all probes that wait, bounded in time, believed for a moment. */
function dependencyCheck(name: string, check: () => Promise<void>, clock: Clock): () => Promise<Readiness> {
  let asked: Promise<Readiness> | undefined;
  let last: { readonly at_ms: number; readonly readiness: Readiness } | undefined;
  const ask = async (): Promise<Readiness> => {
    const readiness = await readinessOf(name, check);
    asked = undefined;
    last = { at_ms: clock.monotonic_ms(), readiness };
    return readiness;
  };
  return async () => {
    if (last && clock.monotonic_ms() - last.at_ms < CHECK_BELIEVED_MS) return last.readiness;
    asked ??= ask();
    const answered = new AbortController();
    const late = clock
      .sleep(CHECK_MS_MAX, answered.signal)
      .then((): Readiness => ({ name, ready: false, reason: `no answer within ${CHECK_MS_MAX} ms` }));
    const readiness = await Promise.race([asked, late]);
    answered.abort();
    return readiness;
  };
}

/** Never rejects, even where the check throws before it has a promise. */
async function readinessOf(name: string, check: () => Promise<void>): Promise<Readiness> {
  try {
    await check();
    return { name, ready: true };
  } catch (error) {
    return { name, ready: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
