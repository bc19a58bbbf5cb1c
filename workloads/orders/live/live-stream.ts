/** Viewers over server-sent events, for those that cannot do WebSocket: `GET /live/stream?dimension=…`. */
import { PassThrough } from 'node:stream';
import { z } from 'zod';
import { defineRoute, problemResponse, type Route } from '#platform/http/route.ts';
import type { LiveAdmission } from './live-admission.ts';
import type { LiveHub } from './live-hub.ts';
import type { LiveMetrics } from './live-metrics.ts';

export interface LiveStreamOptions {
  readonly hub: LiveHub;
  readonly admit: LiveAdmission;
  readonly metrics: LiveMetrics;
  /** Aborted when the workload stops. */
  readonly stopping: AbortSignal;
}

/** How long a client waits before it comes back, in milliseconds. */
const RETRY_MS = 1_000;

export function liveStreamRoute({ hub, admit, metrics, stopping }: LiveStreamOptions): Route {
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
      503: problemResponse(
        'There are as many viewers as there may be, the server is starting or stopping, or it is set up otherwise than its data.',
      ),
    },
    async handle(context, { dimension }) {
      admit(dimension);
      const events = new PassThrough();
      context.type = 'text/event-stream';
      context.set('Cache-Control', 'no-store');
      context.set('X-Accel-Buffering', 'no');
      context.body = events;
      events.write(`retry: ${RETRY_MS}\n\n`);
      metrics.viewers.inc({ transport: 'stream' });
      const leave = hub.join(dimension, {
        backlog_bytes: () => events.readableLength + events.writableLength + context.res.writableLength,
        send: (message) => void events.write(message.event),
      });
      const end = () => events.end();
      stopping.addEventListener('abort', end, { once: true });
      // Who has closed their half of the connection could wait for the end of an answer; this one has none.
      const { socket } = context.req;
      socket.once('end', end);
      events.on('close', () => {
        stopping.removeEventListener('abort', end);
        socket.off('end', end);
        leave();
        metrics.viewers.dec({ transport: 'stream' });
      });
    },
  });
}
