/** Who orders: an id that says nothing about the person, made at the first visit and kept by this browser. */

const STORED_AS = 'kaiseki.user-id';

export function randomId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function ownUserId(storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage): string {
  const known = storage.getItem(STORED_AS);
  if (known !== null) return known;
  const made = `guest-${randomId().slice(0, 12)}`;
  storage.setItem(STORED_AS, made);
  return made;
}
