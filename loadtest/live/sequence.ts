/** Whether a viewer was told of everything. Pure. */

/** A message of /live, as far as it is looked at. */
export interface Push {
  readonly type: 'snapshot' | 'change';
  readonly stream: string;
  readonly sequence: number;
}

/** Changes that were missed between two messages: a change says how many there were, a snapshot starts anew. */
export function missedBefore(push: Push, last: Push | undefined): number {
  if (push.type === 'snapshot') return 0;
  if (last === undefined || push.stream !== last.stream) return 1;
  return Math.max(0, push.sequence - last.sequence - 1);
}
