/** The API key, for servers that ask for one. Kept for the tab's session only. */

const STORED_AS = 'kaiseki.api-key';

/** `wanted`: the server asks for a key and has none. `refused`: it has one that it does not accept. */
export type KeyState = 'accepted' | 'wanted' | 'refused';

let state: KeyState = 'accepted';
const listeners = new Set<() => void>();

function become(next: KeyState): void {
  state = next;
  for (const listener of listeners) listener();
}

export function keyState(): KeyState {
  return state;
}

export function onKeyState(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function storedKey(): string | null {
  return sessionStorage.getItem(STORED_AS);
}

export function storeKey(key: string): void {
  sessionStorage.setItem(STORED_AS, key);
  become('accepted');
}

/** Called when the server answered 401 or 403 to a request that carried `key`. */
export function keyRefused(key: string | null): void {
  // An answer to an older key says nothing of the one stored since.
  if (key === storedKey()) become(key === null ? 'wanted' : 'refused');
}
