/** How many records each of many names has sent on a day (UTC). */

const DAY_MS = 86_400_000;

export class DailyCounts {
  readonly #names: number;
  /** Records of this day, by the name. The one that sent something last stands last. */
  readonly #today = new Map<string, number>();
  #day = 0;

  /** @param names that are remembered. Of more, those that sent nothing for longest are forgotten: they begin anew. */
  constructor(names: number) {
    this.#names = names;
  }

  /** How many names are remembered. */
  get size(): number {
    return this.#today.size;
  }

  /** What the name has sent on the day of `now_ms`. Days that are over are forgotten. */
  of(name: string, now_ms: number): number {
    const day = dayOf(now_ms);
    if (day !== this.#day) this.#today.clear();
    this.#day = day;
    return this.#today.get(name) ?? 0;
  }

  add(name: string, records: number, now_ms: number): void {
    const sent = this.of(name, now_ms) + records;
    this.#today.delete(name);
    this.#today.set(name, sent);
    const [oldest] = this.#today.keys();
    if (this.#today.size > this.#names && oldest !== undefined) this.#today.delete(oldest);
  }

  /** Takes back what was added at `added_ms`, unless that day is over, or the name is forgotten. */
  giveBack(name: string, records: number, added_ms: number): void {
    const sent = this.#today.get(name);
    if (sent !== undefined && dayOf(added_ms) === this.#day) this.#today.set(name, Math.max(0, sent - records));
  }
}

/** Milliseconds from `now_ms` to the next day. */
export function untilTomorrow_ms(now_ms: number): number {
  return DAY_MS - (now_ms % DAY_MS);
}

function dayOf(now_ms: number): number {
  return Math.floor(now_ms / DAY_MS);
}
