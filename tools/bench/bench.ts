/**
 * `npm run bench`: the embedded program beside its own limits, as Markdown on standard output.
 * `--quick` is for trying the benchmark itself; `--only ingest|fold|hop|users` measures one part.
 */
import { parseArgs } from 'node:util';
import { type Figure, figuresTable } from './figures.ts';
import { measureFold } from './fold.ts';
import { measureHops } from './hop.ts';
import { openEmbeddedHop } from './hop-embedded.ts';
import { measureIngest } from './ingest.ts';
import { loadAverage, machineLines } from './machine.ts';
import { measureManyUsers } from './many-users.ts';
import { startWorkloads, temporaryDirectory } from './program.ts';

const FULL = {
  ingest: { rounds: 3, round_ms: 5_000, warmUp_ms: 3_000 },
  fold: { rounds: 3, orders: 400_000, users: 20_000 },
  hop: { warmUp_ms: 5_000, rounds: 3, round_ms: 10_000, orders: 50_000 },
  users: { rounds: 3, users: 1_000_000, reads: 2_000 },
};
const QUICK = {
  ingest: { rounds: 3, round_ms: 1_000, warmUp_ms: 1_000 },
  fold: { rounds: 3, orders: 40_000, users: 2_000 },
  hop: { warmUp_ms: 1_000, rounds: 3, round_ms: 1_000, orders: 2_000 },
  users: { rounds: 3, users: 20_000, reads: 200 },
};
const HOP_GOAL_MS = 10;
const INGEST_GOALS = { ratio: 0.5, batch: 100_000 };

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const sizes = options.quick ? QUICK : FULL;

async function measureEmbeddedIngest(): Promise<Figure[]> {
  using directory = temporaryDirectory();
  await using ingest = await startWorkloads(['ingest'], { KAISEKI_DATA_DIR: directory.path });
  return await measureIngest(ingest, INGEST_GOALS, sizes.ingest);
}

const PARTS: readonly { readonly name: string; readonly title: string; readonly measure: () => Promise<Figure[]> }[] = [
  { name: 'ingest', title: 'Orders in', measure: measureEmbeddedIngest },
  { name: 'fold', title: 'Orders counted', measure: () => measureFold(sizes.fold) },
  {
    name: 'hop',
    title: 'From fold to fold',
    measure: () => measureHops({ open: openEmbeddedHop, goal_ms: HOP_GOAL_MS, pids: {} }, sizes.hop),
  },
  { name: 'users', title: 'Many users', measure: () => measureManyUsers(sizes.users) },
];

const chosen = PARTS.filter(({ name }) => options.only === undefined || options.only === name);
if (chosen.length === 0) throw new Error(`--only takes ${PARTS.map(({ name }) => name).join(', ')}`);
console.log(machineLines(`npm run bench${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}`).join('\n'));
for (const { title, measure } of chosen) {
  const before = loadAverage();
  const figures = await measure();
  console.log(['', `## ${title}`, '', ...figuresTable(figures), '', `Load average: ${before} before, ${loadAverage()} after.`].join('\n'));
}
