/**
 * A signal that is aborted as soon as one of `signals` is, with its reason: `AbortSignal.any`, which the oldest supported browsers do
 * not have. It is held by those signals until one of them is aborted: let it be one that soon is.
 */
export function firstAborted(signals: readonly AbortSignal[]): AbortSignal {
  const first = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) first.abort(signal.reason);
    else signal.addEventListener('abort', () => first.abort(signal.reason), { signal: first.signal });
  }
  return first.signal;
}
