/** Who orders: an id that says nothing about the person, made at the first visit and kept by this browser. */
import { browserValues } from '#workloads/web/browser/kept-values.ts';

const STORED_AS = 'kaiseki.user-id';
const ORDERED_STORED_AS = 'kaiseki.has-ordered';

export function randomId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function ownUserId(): string {
  const known = browserValues.get(STORED_AS);
  if (known !== null) return known;
  const made = `guest-${randomId().slice(0, 12)}`;
  browserValues.set(STORED_AS, made);
  return made;
}

/** Whether this browser's user has ordered before: until then the server does not know them. */
export function hasOrdered(): boolean {
  return browserValues.get(ORDERED_STORED_AS) !== null;
}

export function rememberOrdered(): void {
  browserValues.set(ORDERED_STORED_AS, 'yes');
}
