/**
 * The orders of a run: the sample stream of `kaiseki replay`, cut into requests. A request's orders depend on the seed and
 * the request's number alone, so it does not matter which of k6's clients sends it.
 */
import { Random } from '../../platform/random/random.ts';
import type { Dimension } from '../../workloads/orders/menu.ts';
import { type SampleSend, SampleStream } from '../../workloads/orders/replay/sample-stream.ts';
import type { OrderSettings } from './settings.ts';

/** What the start of a run decides for all of it. */
export interface Run {
  /** Stands before the ids of its users, so that no other run has them. */
  readonly name: string;
  readonly seed: number;
  readonly dimensions: readonly Dimension[];
  /** When it began, in milliseconds since the epoch. */
  readonly began_ms: number;
  /** Orders in all totals before it. */
  readonly orders_before: number;
}

const DAY_MS = 24 * 60 * 60_000;

/** Orders in the `index`-th request, repetitions not counted. */
export function ordersIn(settings: OrderSettings, index: number): number {
  if (settings.profile !== 'replay') return settings.batch;
  return Math.min(settings.batch, settings.orders - index * settings.batch);
}

/** The `index`-th request: its orders, each that is sent twice soon followed by its repetition. */
export function requestOf(settings: OrderSettings, run: Run, index: number, now_ms: number): SampleSend[] {
  const earlier = index * settings.batch;
  const stream = new SampleStream({ ...settings, dimensions: run.dimensions }, new Random(run.seed + index), earlier);
  const sends: SampleSend[] = [];
  for (const count = ordersIn(settings, index); stream.orders < count; ) {
    sends.push(stream.next(orderedAt_ms(settings, run, earlier + stream.orders, now_ms)));
  }
  return [...sends, ...stream.rest()].map((send) => ({ ...send, order: { ...send.order, user_id: userId(run, send.order.user_id) } }));
}

/** Everybody who may have ordered in this run. */
export function usersOf(settings: OrderSettings, run: Run): string[] {
  const users = Array.from({ length: settings.users }, (_, index) => userId(run, `user-${index + 1}`));
  return settings.hot > 0 ? [userId(run, 'user-hot'), ...users] : users;
}

function userId(run: Run, name: string): string {
  return `${run.name}-${name}`;
}

function orderedAt_ms({ days, orders }: OrderSettings, run: Run, number: number, now_ms: number): number {
  return days === 0 ? now_ms : Math.round(run.began_ms - days * DAY_MS * (1 - (number + 1) / orders));
}
