import { useSyncExternalStore } from 'react';

/** A user's history has an address of its own on the page: it can be kept, sent on, and left with the browser's Back. */

const BEGINNING = '#user=';

export function addressOf(userId: string): string {
  return `${BEGINNING}${encodeURIComponent(userId)}`;
}

/** The user whose history an address's fragment asks for. */
export function userAt(fragment: string): string | undefined {
  if (!fragment.startsWith(BEGINNING)) return undefined;
  try {
    return decodeURIComponent(fragment.slice(BEGINNING.length)) || undefined;
  } catch {
    // A broken escape names nobody.
    return undefined;
  }
}

function onMove(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

/** The user whose history the page is asked for now. */
export function useAddressedUser(): string | undefined {
  return useSyncExternalStore(onMove, () => userAt(location.hash));
}

/** Takes the user out of the address, without scrolling and without a step in the history. */
export function leaveUser(): void {
  history.replaceState(null, '', location.pathname + location.search);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
