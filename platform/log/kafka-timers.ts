/**
 * kafkajs 2.2.4 sets a timer after every answer to look for requests that wait, whether any do or not, and that timer sets
 * the next: one a millisecond for each connection, for ever, and negative, which Node warns of. Thirteen idle connections
 * took 3 % of a core; setting it only when something waits, 0.3 %.
 */
import { createRequire } from 'node:module';

/** The part of kafkajs's request queue that is at fault. */
export interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

const { prototype }: { readonly prototype: RequestQueue } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');
const { scheduleCheckPendingRequests } = prototype;
let isQuiet = false;

/** Lets every connection of kafkajs in this process set that timer only while a request waits. */
export function quietKafkajsTimers(): void {
  if (isQuiet) return;
  isQuiet = true;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
  };
}
