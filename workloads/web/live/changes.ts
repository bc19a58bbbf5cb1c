/** Tells those who ask again and again that what they ask for may have changed. */
export class Changes {
  readonly #announced = new EventTarget();
  #count = 0;

  /** How often a change was announced. */
  get count(): number {
    return this.#count;
  }

  announce(): void {
    this.#count++;
    this.#announced.dispatchEvent(new Event('change'));
  }

  /** Calls `listener` at each change, until `signal` is aborted. */
  onChange(listener: () => void, signal: AbortSignal): void {
    this.#announced.addEventListener('change', listener, { signal });
  }
}
