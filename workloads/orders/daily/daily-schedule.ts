/** When the daily run is due. */
import { addDays, DayCutter } from '#platform/clock/day.ts';

/** Every zone's offset is a multiple of a quarter of an hour, so that ten past midnight is always a step. */
const STEP_MS = 5 * 60_000;
/** Zones that cross the date line skip a day: the next run is never further than this. */
const STEPS_MAX = (3 * 24 * 60 * 60_000) / STEP_MS;

/** Ten past midnight in a time zone: late enough for the last orders of the day to have arrived. */
export class DailySchedule {
  readonly #cutter: DayCutter;
  readonly #time: Intl.DateTimeFormat;

  /** @throws RangeError for a name that is not an IANA time zone */
  constructor(timeZone: string) {
    this.#cutter = new DayCutter(timeZone);
    this.#time = new Intl.DateTimeFormat('en-GB-u-nu-latn', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  }

  /**
   * The first instant after `now_ms` at which clocks in the zone show 00:10 of another day, or, where they jump over
   * it, the first after the jump. Looked for step by step: no arithmetic with offsets can be wrong on the day of a change.
   */
  nextAfter(now_ms: number): number {
    const last = this.#runDay(now_ms);
    let at_ms = Math.floor(now_ms / STEP_MS) * STEP_MS;
    for (let step = 0; step < STEPS_MAX; step++) {
      at_ms += STEP_MS;
      if (this.#runDay(at_ms) > last) return at_ms;
    }
    throw new Error('no day follows');
  }

  /** The day whose ten past midnight was the last. */
  #runDay(at_ms: number): string {
    const day = this.#cutter.dayOf(at_ms);
    return this.#time.format(at_ms) < '00:10' ? addDays(day, -1) : day;
  }
}
