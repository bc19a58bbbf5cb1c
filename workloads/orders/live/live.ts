/**
 * Workload `live`: pushes totals to every open browser. Reads them in the tables once, at its start; from then on it follows
 * the topic of published totals, of which every instance sees everything. Of the tables it only watches the pin.
 */
import { randomUUID } from 'node:crypto';
import { backoff_ms, DEFAULT_BACKOFF } from '#platform/clock/backoff.ts';
import { addDays, DayCutter } from '#platform/clock/day.ts';
import { decodePublishedTotals } from '#platform/fold/published-totals.ts';
import { ALL } from '#platform/fold/totals.ts';
import { keyCheck } from '#platform/http/access.ts';
import { Origins } from '#platform/http/origins.ts';
import type { LogRecord, Running } from '#platform/log/log.ts';
import type { Platform, Workload } from '../../workload.ts';
import { ORDERS_FOLD } from '../orders-fold.ts';
import { PinWatch } from '../pin-watch.ts';
import { SEGMENT_TOTALS } from '../topics.ts';
import { liveAdmission } from './live-admission.ts';
import { LiveBoard } from './live-board.ts';
import { GATHER_MS, LiveHub, ROUND_MS } from './live-hub.ts';
import { LiveSockets } from './live-sockets.ts';
import { liveStreamRoute } from './live-stream.ts';

export function createLive(platform: Platform): Workload {
  const { clock, log, settings } = platform;
  const logger = platform.logger.child({ workload: 'live' });
  const { menu, timeZone } = settings.orders;
  const metrics = platform.metrics.orders.live;
  const days = new DayCutter(timeZone);
  const board = new LiveBoard();
  const pin = new PinWatch({ workload: 'live', settings: settings.orders, tables: platform.tables, clock, logger });
  const stopping = new AbortController();
  let loaded = false;
  const hub = new LiveHub({ menu, board, stream: randomUUID(), today: () => days.dayOf(clock.now_ms()), metrics });
  const admit = liveAdmission({
    menu,
    settings: settings.orders.live,
    viewers: () => hub.viewers,
    pin,
    isReady: () => loaded,
    stopping: stopping.signal,
    metrics,
  });
  const sockets = new LiveSockets({
    hub,
    origins: new Origins(settings.http.origins),
    checkKey: keyCheck(settings.http),
    admit,
    clock,
    metrics,
  });
  let tail: Running | undefined;
  let ended: Promise<void> = Promise.resolve();
  /** When the oldest totals that no round has sent yet were published. */
  let unsent_ms: number | undefined;
  /** Aborted as soon as there are some. */
  let arrival = new AbortController();

  const take = (records: readonly LogRecord[]) => {
    for (const record of records) {
      const published = decodePublishedTotals(record.value);
      if (published?.fold !== ORDERS_FOLD) continue;
      board.take(published);
      unsent_ms ??= record.timestamp_ms;
    }
    arrival.abort();
  };

  /** Where the totals stand now; what is published meanwhile is newer and wins. */
  const readTables = async () => {
    const today = days.dayOf(clock.now_ms());
    const periods = [ALL, today, addDays(today, 1)];
    const shards = Array.from({ length: settings.orders.layout.shards }, (_, shard) => shard);
    for (const shard of shards)
      board.take({ shard, ...(await platform.tables.readShard({ fold: ORDERS_FOLD, shard }, periods, 'quorum')) });
  };

  /** Follows the topic, then reads the tables; tries again until both have answered. */
  const load = async () => {
    for (let failures = 0; !loaded && !stopping.signal.aborted; failures++) {
      try {
        tail ??= await log.tail(SEGMENT_TOTALS, take);
        await readTables();
        loaded = true;
      } catch (error) {
        logger.warn({ err: error }, 'the totals could not be read; it tries again');
        await clock.sleep(backoff_ms(DEFAULT_BACKOFF, failures), stopping.signal);
      }
    }
  };

  /** Until it is time for a round: soon after totals have come, but a whole round's time after the last one. */
  const untilDue = async () => {
    await clock.sleep(ROUND_MS - GATHER_MS, stopping.signal);
    if (unsent_ms === undefined && !stopping.signal.aborted) {
      arrival = new AbortController();
      await clock.sleep(ROUND_MS, arrival.signal);
    }
    await clock.sleep(GATHER_MS, stopping.signal);
  };

  const push = async () => {
    while (!stopping.signal.aborted) {
      await untilDue();
      if (!pin.fits) {
        unsent_ms = undefined;
        continue;
      }
      const began_ms = clock.monotonic_ms();
      hub.round();
      metrics.round.observe((clock.monotonic_ms() - began_ms) / 1000);
      if (unsent_ms === undefined) continue;
      metrics.push.observe(Math.max(0, clock.now_ms() - unsent_ms) / 1000);
      unsent_ms = undefined;
    }
  };

  /** Every menu type of the menu, those without an order too. */
  const showTotals = () => {
    if (!pin.fits) return;
    for (const { name: dimension } of menu.dimensions) {
      for (const segment of menu.segmentsOf(dimension)) {
        const { orders, users } = board.total(ALL, segment);
        platform.metrics.orders.segment.orders.set({ dimension, segment }, orders);
        platform.metrics.orders.segment.users.set({ dimension, segment }, users);
      }
    }
  };

  return {
    name: 'live',
    needs: ['log', 'tables'],
    routes: [liveStreamRoute({ hub, admit, metrics, stopping: stopping.signal })],
    async start(server) {
      sockets.start(server);
      await pin.start();
      ended = load().then(() => {
        stopping.signal.addEventListener('abort', platform.metrics.beforeRender(showTotals), { once: true });
        return push();
      });
    },
    async stop() {
      stopping.abort();
      arrival.abort();
      pin.stop();
      await Promise.all([sockets.stop(), ended]);
      await tail?.stop();
    },
    readiness: () => [loaded ? pin.readiness() : { name: 'live', ready: false, reason: 'the totals are still being read' }],
  };
}
