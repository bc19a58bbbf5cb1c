/** A configuration that never changes once it is pinned. */

type Pinning = { readonly ok: true; readonly fingerprint: string; readonly pin: string } | { readonly ok: false; readonly problem: string };

/** Accepts a shard that has pinned nothing, or the same. */
export function pinText(configuration: string): (pinned: string | null) => Pinning {
  return (pinned) =>
    pinned === null || pinned === configuration
      ? { ok: true, fingerprint: configuration, pin: configuration }
      : { ok: false, problem: `it runs with ${configuration}, but ${pinned} is pinned` };
}
