/** The part of `npm run bench:live` on Kafka and Cassandra: run by bench.ts, with servers. */
import { parseArgs } from 'node:util';
import { atMost, type Figure } from '../figures.ts';
import { startWorkloads } from '../program.ts';
import {
  generationEnvironment,
  openGenerationLog,
  openGenerationTables,
  runCql,
  serversOfEnvironment,
  uniqueName,
} from '../servers/generation.ts';
import { type Crowd, crowdFigures, measureCrowd } from './crowd.ts';
import { measurePainted, type Painted, paintedFigures } from './painted.ts';
import { section } from './section.ts';
import { FULL, QUICK } from './sizes.ts';

const RATIO_MAX = 2;

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const sizes = options.quick ? QUICK : FULL;
const servers = serversOfEnvironment();

/** Topics and tables of their own. The tables are gone afterwards; the topics stay as long as the servers. */
async function inGeneration<T>(measure: (environment: NodeJS.ProcessEnv) => Promise<T>): Promise<T> {
  const name = uniqueName();
  const environment = generationEnvironment(servers, name, name);
  try {
    await using _log = await openGenerationLog(environment);
    await using _tables = await openGenerationTables(environment);
    return await measure(environment);
  } finally {
    await runCql(servers, [`DROP KEYSPACE IF EXISTS ${name}`]);
  }
}

/** How much later than the totals the browser is: both of the same orders. */
function comparison(rounds: readonly Painted[]): Figure[] {
  const ratios = (later: keyof Painted, sooner: keyof Painted) => rounds.map((round) => round[later] / round[sooner]);
  const what = 'painted ÷ visible in `/api/totals`';
  const goal = atMost(RATIO_MAX);
  return [
    { what: `${what}, p50`, unit: '×', values: ratios('painted50_ms', 'visible50_ms'), digits: 2, goal },
    { what: `${what}, p99`, unit: '×', values: ratios('painted99_ms', 'visible99_ms'), digits: 2, goal },
  ];
}

await section('Kafka and Cassandra: from an order to a second browser', () =>
  inGeneration(async (environment) => {
    await using ingest = await startWorkloads(['ingest'], environment);
    await using _counter = await startWorkloads(['counter'], environment);
    await using pages = await startWorkloads(['summary', 'live'], environment);
    const rounds = await measurePainted({ ingest: ingest.address, pages: pages.address }, sizes.paintedOnServers);
    return [...paintedFigures(rounds, sizes.paintedOnServers), ...comparison(rounds)];
  }),
);

await section('Kafka and Cassandra: thousands of viewers of one `live` process', async () => {
  const rounds: Crowd[] = [];
  for (let round = 0; round < sizes.crowdOnServers.rounds; round++) {
    const crowd = inGeneration(async (environment) => {
      await using counting = await startWorkloads(['ingest', 'counter', 'summary'], environment);
      await using live = await startWorkloads(['live'], environment);
      return await measureCrowd({ ingest: counting.address, totals: counting.address, live }, sizes.crowdOnServers);
    });
    rounds.push(await crowd);
  }
  return crowdFigures(rounds, sizes.crowdOnServers);
});
