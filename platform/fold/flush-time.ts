/**
 * How long a flush takes at the slow end: what they took of late in the middle and how much that differed, as TCP estimates when
 * to stop waiting (RFC 6298, section 2).
 */
export class FlushTime {
  #middle_ms = 0;
  #deviation_ms = 0;
  #isFirst = true;

  /** Notes what a flush took. */
  note(took_ms: number): void {
    if (this.#isFirst) {
      this.#middle_ms = took_ms;
      this.#deviation_ms = took_ms / 2;
      this.#isFirst = false;
      return;
    }
    this.#deviation_ms += (Math.abs(took_ms - this.#middle_ms) - this.#deviation_ms) / 4;
    this.#middle_ms += (took_ms - this.#middle_ms) / 8;
  }

  /** So long that few take longer; 0 before the first. */
  get slow_ms(): number {
    return this.#middle_ms + 4 * this.#deviation_ms;
  }
}
