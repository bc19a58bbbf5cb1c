/** Viewers over server-sent events, for those that cannot do WebSocket: `GET /live/stream?dimension=…`. */
import { PassThrough } from 'node:stream';
import { z } from 'zod';
import { HttpProblem } from '#platform/http/problem.ts';
import { defineRoute, problemResponse, type Route } from '#platform/http/route.ts';
import type { LiveMetrics } from '#platform/metrics/live-metrics.ts';
import type { LiveSettings } from '../settings.ts';
import type { LiveHub } from './live-hub.ts';

export interface LiveStreamOptions {
  readonly hub: LiveHub;
  readonly settings: LiveSettings;
  readonly isDimension: (name: string) => boolean;
  /** Whether there are totals to show yet. */
  readonly isReady: () => boolean;
  readonly metrics: LiveMetrics;
  /** Aborted when the workload stops. */
  readonly stopping: AbortSignal;
}

/** How long a client waits before it comes back, in milliseconds. */
const RETRY_MS = 1_000;

export function liveStreamRoute({ hub, settings, isDimension, isReady, metrics, stopping }: LiveStreamOptions): Route {
  const open = new Set<PassThrough>();
  return defineRoute({
    method: 'get',
    path: '/live/stream',
    summary: 'Totals as they change, as server-sent events',
    description: 'A snapshot, then at most ten times a second what changed since. The same messages as WebSocket /live sends.',
    tag: 'live',
    role: 'read',
    parameters: z.object({ dimension: z.string().describe('A dimension of the menu.') }),
    responses: {
      200: { description: 'Events whose data is a JSON message.', content: { 'text/event-stream': undefined } },
      404: problemResponse('No such dimension.'),
      503: problemResponse('There are as many viewers as there may be, or the server is stopping.'),
    },
    async handle(context, { dimension }) {
      if (!isDimension(dimension)) throw new HttpProblem('not-found', `There is no dimension ${dimension}.`);
      if (stopping.aborted || !isReady() || open.size >= settings.viewersMax)
        throw new HttpProblem('overloaded', 'There is no room for another viewer now.', { headers: { 'Retry-After': '5' } });
      const events = new PassThrough();
      context.type = 'text/event-stream';
      context.set('Cache-Control', 'no-store');
      context.set('X-Accel-Buffering', 'no');
      context.body = events;
      events.write(`retry: ${RETRY_MS}\n\n`);
      open.add(events);
      metrics.viewers.inc({ transport: 'stream' });
      const leave = hub.join(dimension, {
        backlog_bytes: () => events.readableLength + events.writableLength + context.res.writableLength,
        send: (message) => void events.write(message.event),
      });
      const end = () => events.end();
      stopping.addEventListener('abort', end, { once: true });
      events.on('close', () => {
        stopping.removeEventListener('abort', end);
        open.delete(events);
        leave();
        metrics.viewers.dec({ transport: 'stream' });
      });
    },
  });
}
