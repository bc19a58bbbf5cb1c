/** The file of a replay's sends: what a later check holds the counts against. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Fate } from '../orders/replay/replay-client.ts';
import type { SampleSend } from '../orders/replay/sample-stream.ts';

export interface ReplayRecord extends Disposable {
  decided(send: SampleSend, fate: Fate): void;
}

/** Text that is gathered before it is written. */
const CHUNK_CHARACTERS = 64 * 1024;

/**
 * One JSON object a line: the order, `repeated`, and `fate`: `accepted`, or `unknown` where nobody answered and the order
 * may or may not be counted. Refused sends are left out. Lines of the same order_id are one order.
 * @throws Error when the file cannot be written
 */
export function openRecord(path: string | undefined): ReplayRecord {
  if (path === undefined) return { decided: () => undefined, [Symbol.dispose]: () => undefined };
  const file = openSync(path, 'w');
  let gathered = '';
  const write = () => {
    writeSync(file, gathered);
    gathered = '';
  };
  return {
    decided({ order, repeated }, fate) {
      if (fate === 'refused') return;
      gathered += `${JSON.stringify({ ...order, repeated, fate })}\n`;
      if (gathered.length >= CHUNK_CHARACTERS) write();
    },
    [Symbol.dispose]() {
      write();
      closeSync(file);
    },
  };
}
