/** The API keys, for servers that ask for them: one for each thing that the pages do. Kept for the tab's session only. */
import { tabValues } from '#workloads/web/browser/kept-values.ts';

/** What a key is for, by the names that the server gives its roles: to see figures, and to send orders. */
export type KeyRole = 'read' | 'ingest';

/** `wanted`: the server asks for a key and has none. `refused`: it has one that it does not accept. */
export type KeyState = 'accepted' | 'wanted' | 'refused';

const STORED_AS: Readonly<Record<KeyRole, string>> = { read: 'kaiseki.api-key', ingest: 'kaiseki.ingest-key' };

const states = new Map<KeyRole, KeyState>();
const listeners = new Set<() => void>();

function become(role: KeyRole, next: KeyState): void {
  states.set(role, next);
  for (const listener of listeners) listener();
}

export function keyState(role: KeyRole): KeyState {
  return states.get(role) ?? 'accepted';
}

export function onKeyState(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The key to send along. Without one of its own, ordering is tried with the key that reads: it may have both roles. */
export function storedKey(role: KeyRole): string | null {
  return tabValues.get(STORED_AS[role]) ?? tabValues.get(STORED_AS.read);
}

export function storeKey(role: KeyRole, key: string): void {
  tabValues.set(STORED_AS[role], key);
  become(role, 'accepted');
}

/** Called when the server answered 401 or 403 to a request that carried `key`. */
export function keyRefused(role: KeyRole, key: string | null): void {
  // An answer to an older key says nothing of the one stored since.
  if (key !== storedKey(role)) return;
  // A key that reads but may not order was given for another purpose: it is not held against the person.
  become(role, tabValues.get(STORED_AS[role]) === null ? 'wanted' : 'refused');
}
