import type { Slice } from '#workloads/web/figures/slices.ts';
import type { Format } from '#workloads/web/language/format.ts';

/** The slices as a line of text: the name of a chart for those who do not see it. */
export function inWords(slices: readonly Slice[], format: Format): string {
  return slices.map(({ label, count, ratio }) => `${label} ${format.number(count)} (${format.ratio(ratio)})`).join(', ');
}
