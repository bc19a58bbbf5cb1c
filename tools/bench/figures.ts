/** Figures of several rounds, and how they are written down. */

/** The `quantile` (0 to 1) of some values, by the nearest rank. */
export function quantileOf(values: readonly number[], quantile: number): number {
  const sorted = Float64Array.from(values).sort();
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))];
  if (value === undefined) throw new Error('there is no quantile of nothing');
  return value;
}

/** `low · median · high` of the rounds. */
export function spread(values: readonly number[], digits = 0): string {
  return [0, 0.5, 1].map((quantile) => number(quantileOf(values, quantile), digits)).join(' · ');
}

/** `12,345.6` */
export function number(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A row of a benchmark's table. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  /** One value a round. */
  readonly values: readonly number[];
  readonly digits?: number;
  /** What the median is to reach, and whether it did. */
  readonly goal?: { readonly text: string; readonly met: (median: number) => boolean };
}

const HEADER = ['| what | min · median · max | unit | goal | met |', '| --- | --- | --- | --- | --- |'];

export function figuresTable(figures: readonly Figure[]): string[] {
  return [
    ...HEADER,
    ...figures.map(({ what, unit, values, digits, goal }) => {
      const met = goal === undefined ? '' : goal.met(quantileOf(values, 0.5)) ? 'yes' : '**no**';
      return `| ${what} | ${spread(values, digits)} | ${unit} | ${goal?.text ?? ''} | ${met} |`;
    }),
  ];
}

/** At least so much. */
export function atLeast(limit: number): NonNullable<Figure['goal']> {
  return { text: `≥ ${number(limit, limit < 10 ? 1 : 0)}`, met: (median) => median >= limit };
}

/** At most so much. */
export function atMost(limit: number): NonNullable<Figure['goal']> {
  return { text: `≤ ${number(limit)}`, met: (median) => median <= limit };
}
