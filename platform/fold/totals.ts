/** The totals of one shard in its owner's memory: everything of period `all`, other periods as they are needed. */
import type { TotalRow } from '#platform/tables/tables.ts';
import type { MeasureDefinition, TotalChange } from './definition.ts';
import { NAMES_MAX } from './limits.ts';
import { FoldAlarm } from './outcome.ts';

export const ALL = 'all';

/** The figures of one name in one period. They change where they stand, because every record changes some. */
interface Total {
  readonly period: string;
  readonly name: string;
  /** Of every declared measure. */
  readonly figures: Record<string, number>;
  /** The same for others to keep; undefined since the figures changed. */
  row: TotalRow | undefined;
  /** Whether the figures changed since `takeChanged`. */
  isChanged: boolean;
}

export class ShardTotals {
  readonly #measures: ReadonlyMap<string, MeasureDefinition>;
  readonly #nothing: Readonly<Record<string, number>>;
  readonly #names_max: number;
  readonly #periods = new Map<string, Map<string, Total>>();
  #changed: Total[] = [];

  constructor(measures: Readonly<Record<string, MeasureDefinition>>, names_max = NAMES_MAX) {
    this.#measures = new Map(Object.entries(measures));
    this.#nothing = Object.fromEntries(Object.keys(measures).map((measure) => [measure, 0]));
    this.#names_max = names_max;
  }

  has(period: string): boolean {
    return this.#periods.has(period);
  }

  /**
   * Takes over what the tables hold for `periods`. A period without rows starts from nothing, as does a measure that a row lacks.
   * @throws FoldAlarm for a measure that is not declared: its figures would stay behind
   */
  load(periods: readonly string[], rows: readonly TotalRow[]): void {
    for (const period of periods) this.#periods.set(period, new Map());
    for (const { period, name, figures } of rows) {
      const unknown = Object.keys(figures).find((measure) => !this.#measures.has(measure));
      if (unknown !== undefined) throw undeclared(period, name, unknown);
      this.#periods.get(period)?.set(name, this.#totalOf(period, name, figures));
    }
  }

  /**
   * Adds a change. Its period must be loaded.
   * @throws Error, and adds nothing, where a measure is not declared, a figure is not one or would not be one any more, or there
   * are too many names
   */
  add({ period, name, figures }: TotalChange): void {
    const names = this.#periods.get(period);
    if (!names) throw new Error(`totals of ${period} were not loaded before they changed: read names the periods that an event may change`);
    const known = names.get(name);
    if (!known && names.size >= this.#names_max) throw tooManyNames(period, name, this.#names_max);
    const total = known ?? this.#totalOf(period, name, this.#nothing);
    for (const measure in figures) this.#check(total, measure, figures[measure]);
    for (const measure in figures) total.figures[measure] = figureAfter(total, measure, figures[measure]);
    if (!known) names.set(name, total);
    total.row = undefined;
    if (total.isChanged) return;
    total.isChanged = true;
    this.#changed.push(total);
  }

  /** The rows that changed since the last call, as they stand now. */
  takeChanged(): readonly TotalRow[] {
    const changed = this.#changed;
    this.#changed = [];
    for (const total of changed) total.isChanged = false;
    return changed.map(rowOf);
  }

  /** The rows of a period. */
  rows(period: string): readonly TotalRow[] {
    return [...(this.#periods.get(period)?.values() ?? [])].map(rowOf);
  }

  /** Forgets the periods loaded first until at most `limit` besides `all` are left. Only while nothing is uncommitted. */
  trim(limit: number): void {
    let excess = this.#periods.size - 1 - limit;
    for (const period of this.#periods.keys()) {
      if (excess <= 0) return;
      if (period === ALL) continue;
      this.#periods.delete(period);
      excess--;
    }
  }

  #totalOf(period: string, name: string, figures: TotalRow['figures']): Total {
    return { period, name, figures: { ...this.#nothing, ...figures }, row: undefined, isChanged: false };
  }

  #check(total: Total, measure: string, more: number | undefined): void {
    const where = () => `${measure} of ${total.period}/${total.name}`;
    const declared = this.#measures.get(measure);
    if (!declared) throw new Error(`${where()} is summed, but ${measure} is not declared as a measure of the fold`);
    const after = figureAfter(total, measure, more);
    if (!Number.isSafeInteger(more) || !Number.isSafeInteger(after))
      throw new RangeError(`${where()} would be ${after} by adding ${more}: a safe integer is needed`);
    if (declared.nonNegative && after < 0) throw new Error(`${where()} fell below zero`);
  }
}

function figureAfter({ figures }: Total, measure: string, more = Number.NaN): number {
  return (figures[measure] ?? 0) + more;
}

function rowOf(total: Total): TotalRow {
  total.row ??= { period: total.period, name: total.name, figures: { ...total.figures } };
  return total.row;
}

function undeclared(period: string, name: string, measure: string): FoldAlarm {
  return new FoldAlarm(
    'configuration',
    `the totals have ${measure} of ${period}/${name}, which this program does not sum: another version of it does. Run that version, or a later one.`,
  );
}

function tooManyNames(period: string, name: string, names_max: number): Error {
  return new Error(
    `${name} is one name too many in the totals of ${period}, of which a shard may have ${names_max}: a large set of names is a set of keys; give it a fold of its own`,
  );
}
