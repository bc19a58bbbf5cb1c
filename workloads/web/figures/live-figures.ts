import { totals } from '#workloads/web/api/orders.ts';
import type { LivePush } from '#workloads/web/api/types.ts';
import { eventStream, webSocket } from '#workloads/web/live/connections.ts';
import { pushing } from '#workloads/web/live/pushing.ts';
import type { LiveSource } from '#workloads/web/live/source.ts';
import { type Counts, ordersIn, peopleIn } from './slices.ts';

/** What moves with every order. */
export interface LiveFigures {
  /** Orders over all time. */
  readonly orders: Counts;
  /** People per segment. */
  readonly people: Counts;
  /** The day that `ordersToday` is about. */
  readonly today: string;
  readonly ordersToday: Counts;
}

/** The figures of a dimension, as they change. */
export function liveFigures(dimension: string, today: string): LiveSource<LiveFigures> {
  const query = new URLSearchParams({ dimension });
  return pushing({
    connections: [webSocket(`/live?${query}`), eventStream(`/live/stream?${query}`)],
    begin: followPushes,
    load: async (signal) => {
      const [all, day] = await Promise.all([totals(dimension, 'all', signal), totals(dimension, today, signal)]);
      return { orders: ordersIn(all), people: peopleIn(all), today, ordersToday: ordersIn(day) };
    },
  });
}

/** Takes the messages of one connection, and gives the figures after each; undefined when one was missed. */
export function followPushes(): (message: string) => LiveFigures | undefined {
  let known: (LiveFigures & Pick<LivePush, 'stream' | 'sequence'>) | undefined;
  return (message) => {
    const push: LivePush = JSON.parse(message);
    const { stream, sequence, all, today } = push;
    const whole = push.type === 'snapshot';
    if (!whole && (known?.stream !== stream || known.sequence + 1 !== sequence)) return undefined;
    const before = whole ? undefined : known;
    known = {
      stream,
      sequence,
      orders: new Map([...(before?.orders ?? []), ...all.map(({ segment, orders }) => [segment, orders] as const)]),
      people: new Map([...(before?.people ?? []), ...all.map(({ segment, users }) => [segment, users] as const)]),
      today: push.day,
      ordersToday: new Map([...(before?.ordersToday ?? []), ...today.map(({ segment, orders }) => [segment, orders] as const)]),
    };
    return known;
  };
}
