/** A part of the report. */
import { type Figure, figuresTable } from '../figures.ts';
import { loadAverage } from '../machine.ts';

export async function section(title: string, measure: () => Promise<readonly Figure[]>): Promise<void> {
  const before = loadAverage();
  const figures = await measure();
  console.log(['', `## ${title}`, '', ...figuresTable(figures), '', `Load average: ${before} before, ${loadAverage()} after.`].join('\n'));
}
