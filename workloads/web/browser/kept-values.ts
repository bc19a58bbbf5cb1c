/** What the browser keeps for the pages. It may be told to keep nothing, or have no room: then this page does, while it is open. */

export type KeptItems = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** One of the browser's storages; undefined where it is blocked: to touch it throws, or there is none. */
export function browserStorage(name: 'localStorage' | 'sessionStorage'): KeptItems | undefined {
  try {
    const storage: Storage | null = window[name];
    // Some browsers hand it out and refuse the first question only.
    storage?.getItem('kaiseki');
    return storage ?? undefined;
  } catch {
    return undefined;
  }
}

/** What a page keeps by itself. */
export function pageStorage(): KeptItems {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => void items.set(name, value),
    removeItem: (name) => void items.delete(name),
  };
}

/** Single values by name: in the browser's storage, or, where that does not take them, in the page. */
export class KeptValues {
  readonly #storage: KeptItems | undefined;
  readonly #own = new Map<string, string>();

  constructor(storage: KeptItems | undefined) {
    this.#storage = storage;
  }

  get(name: string): string | null {
    return this.#own.get(name) ?? this.#storage?.getItem(name) ?? null;
  }

  set(name: string, value: string): void {
    this.#own.delete(name);
    try {
      if (this.#storage) this.#storage.setItem(name, value);
      else this.#own.set(name, value);
    } catch {
      this.#own.set(name, value);
    }
  }
}

/** Of all tabs, for good. */
export const browserValues = new KeptValues(browserStorage('localStorage'));
/** Of this tab, until it is closed. */
export const tabValues = new KeptValues(browserStorage('sessionStorage'));
