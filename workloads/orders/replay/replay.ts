/** Replays a sample stream against a running ingest, at a rate, each user's orders in order. */
import { hashKey } from '#platform/log/partition.ts';
import type { ClientOptions, Fate } from './replay-client.ts';
import { Lane, type LaneOptions } from './replay-lane.ts';
import type { SampleSend, SampleStream } from './sample-stream.ts';

export interface ReplayOptions extends ClientOptions {
  /** Orders to make, beside repetitions. */
  readonly orders: number;
  /** Sends a second; 0: as fast as they are taken. */
  readonly rate: number;
  /** Sends in one request at the most; 1: each by itself. */
  readonly batch: number;
  /** When the `index`-th order was made, in milliseconds since the epoch. */
  readonly orderedAt: (index: number) => number;
  /** Told of every send whose fate is decided. */
  readonly decided: (send: SampleSend, fate: Fate) => void;
}

export interface ReplayReport {
  /** Orders made; a repeated one is one. */
  readonly orders: number;
  /** Sends by what became of them, repetitions included. */
  readonly accepted: number;
  readonly refused: number;
  readonly unknown: number;
  /** Second sends of an order, whatever became of them. */
  readonly repeated: number;
  /** Requests that were sent again. */
  readonly retries: number;
  readonly duration_ms: number;
  /** Why the last send that needed a retry, or was not accepted, was not. */
  readonly reason: string | undefined;
}

/** Users are dealt out to so many lanes, each with one request under way. */
const LANES = 16;
/** Sends that wait in all lanes before the stream pauses: one busy user, whose lane is the slowest, must not hold up the others. */
const WAITING_MAX = 100_000;
/** How often the rate is kept, in milliseconds, and how many sends may be made at once. */
const TICK_MS = 10;
const TICK_SENDS_MAX = 5_000;

/** Sends the whole stream. Resolves when the fate of every send is decided, or soon after `signal` was aborted. */
export async function replay(stream: SampleStream, options: ReplayOptions, signal: AbortSignal): Promise<ReplayReport> {
  const { clock, orders, rate, orderedAt } = options;
  const counts = { accepted: 0, refused: 0, unknown: 0, repeated: 0, retries: 0 };
  let reason: string | undefined;
  const decided: LaneOptions['decided'] = (sends, sent) => {
    sends.forEach((send, index) => {
      const fate = sent.fates[index] ?? 'unknown';
      counts[fate] += 1;
      if (send.repeated) counts.repeated += 1;
      options.decided(send, fate);
    });
    counts.retries += sent.retries;
    reason = sent.reason ?? reason;
  };
  const lanes = Array.from({ length: LANES }, () => new Lane({ ...options, decided }, signal));
  const waiting = () => lanes.reduce((sum, lane) => sum + lane.waiting, 0);
  const add = (send: SampleSend) => lanes[hashKey(send.order.user_id) % LANES]?.add(send);
  const started_ms = clock.monotonic_ms();
  for (let sends = 0; stream.orders < orders && !signal.aborted; await clock.sleep(TICK_MS, signal)) {
    const onTime = rate === 0 ? Number.POSITIVE_INFINITY : ((clock.monotonic_ms() - started_ms) / 1_000) * rate;
    const due = Math.min(onTime, sends + TICK_SENDS_MAX);
    while (sends < due && stream.orders < orders && waiting() < WAITING_MAX) {
      add(stream.next(orderedAt(stream.orders)));
      sends += 1;
    }
  }
  if (!signal.aborted) for (const send of stream.rest()) add(send);
  await Promise.all(lanes.map((lane) => lane.drained()));
  return { orders: stream.orders, ...counts, duration_ms: clock.monotonic_ms() - started_ms, reason };
}
