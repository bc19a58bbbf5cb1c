/**
 * `npm run bench:live`: how soon a second browser shows an order, and what thousands of viewers cost, as Markdown on
 * standard output. `--quick` is for trying the benchmark itself; `--only painted|crowd` measures one part.
 */
import { parseArgs } from 'node:util';
import { type Figure, figuresTable } from '../figures.ts';
import { loadAverage, machineLines } from '../machine.ts';
import { measureCrowd } from './crowd.ts';
import { measurePainted } from './painted.ts';

const FULL = {
  painted: { rounds: 3, probes: 100, ordersPerSecond: 2_000 },
  crowd: { rounds: 3, viewers: 5_000, rates: [500, 5_000], load_ms: 6_000 },
};
const QUICK = {
  painted: { rounds: 1, probes: 10, ordersPerSecond: 500 },
  crowd: { rounds: 1, viewers: 500, rates: [500, 2_000], load_ms: 2_000 },
};

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const sizes = options.quick ? QUICK : FULL;
const PARTS: readonly { readonly name: string; readonly title: string; readonly measure: () => Promise<Figure[]> }[] = [
  { name: 'painted', title: 'From an order to a second browser', measure: () => measurePainted(sizes.painted) },
  { name: 'crowd', title: 'Thousands of viewers', measure: () => measureCrowd(sizes.crowd) },
];

const chosen = PARTS.filter(({ name }) => options.only === undefined || options.only === name);
if (chosen.length === 0) throw new Error(`--only takes ${PARTS.map(({ name }) => name).join(', ')}`);
const given = process.argv.slice(2).join(' ');
console.log(machineLines(`npm run bench:live${given === '' ? '' : ` -- ${given}`}`).join('\n'));
for (const { title, measure } of chosen) {
  const before = loadAverage();
  const figures = await measure();
  console.log(['', `## ${title}`, '', ...figuresTable(figures), '', `Load average: ${before} before, ${loadAverage()} after.`].join('\n'));
}
