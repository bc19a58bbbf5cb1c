/** The progress of a replay, on a terminal. */
import { SingleBar } from 'cli-progress';
import type { Clock } from '#platform/clock/clock.ts';
import type { Fate } from '../orders/replay/replay-client.ts';
import type { SampleSend } from '../orders/replay/sample-stream.ts';

export interface ReplayProgress extends Disposable {
  decided(send: SampleSend, fate: Fate): void;
  retrying(reason: string): void;
}

/** A bar on standard error where that is a terminal; nothing elsewhere. */
export function startProgress(orders: number, clock: Clock): ReplayProgress {
  if (!process.stderr.isTTY) return { decided: () => undefined, retrying: () => undefined, [Symbol.dispose]: () => undefined };
  const bar = new SingleBar({
    format: '{bar} {percentage}% {value}/{total} orders, {rate}/s, refused {refused}, {eta_formatted} left{waiting}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    etaBuffer: 1_000,
    stream: process.stderr,
  });
  const started_ms = clock.monotonic_ms();
  let [done, refused, waiting] = [0, 0, ''];
  bar.start(orders, 0, { rate: 0, refused, waiting });
  return {
    decided({ repeated }, fate) {
      if (!repeated) done += 1;
      if (fate === 'accepted') waiting = '';
      else refused += 1;
      const rate = Math.round(done / Math.max(0.001, (clock.monotonic_ms() - started_ms) / 1_000));
      bar.update(done, { rate, refused, waiting });
    },
    retrying(reason) {
      waiting = `; trying again: ${reason}`;
      bar.update(done, { waiting });
    },
    [Symbol.dispose]: () => bar.stop(),
  };
}
