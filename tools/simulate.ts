/** `npm run simulate`: random histories of the fold under faults, each decided by its seed (platform/fold/simulator). */
import { randomInt } from 'node:crypto';
import { SingleBar } from 'cli-progress';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '#platform/clock/clock.ts';
import { runHistory } from '#platform/fold/simulator/history.ts';
import { loadMutant } from '#platform/fold/simulator/mutants/mutant.ts';
import { MUTANTS } from '#platform/fold/simulator/mutants/mutants.ts';
import type { Pipeline } from '#platform/fold/simulator/pipeline.ts';
import { search } from '#platform/fold/simulator/search.ts';
import { PIPELINES } from '#platform/fold/simulator/small/pipelines.ts';
import { production, type Subject } from '#platform/fold/simulator/subject.ts';
import { examples } from '#workloads/command-line/help.ts';
import { wholeNumber } from '#workloads/command-line/option-values.ts';
import { simulatedOrders } from '#workloads/orders/orders-simulation.testing.ts';

/** Seeds are easy to copy. */
const SEEDS = 1_000_000_000;

interface Arguments {
  readonly seed?: number;
  readonly runs: number;
  readonly from?: number;
  readonly pipeline?: string;
  readonly mutant?: string;
  readonly mutants?: true;
}

const NAMED: ReadonlyMap<string, Pipeline> = new Map([...PIPELINES, simulatedOrders].map((pipeline) => [pipeline.name, pipeline]));

const program = new Command('npm run simulate --')
  .description(
    'Runs pipelines of production folds through random histories: owners crash, stall and compete, calls get lost, fail or arrive much ' +
      'later, groups are rewound, the time jumps. After each history every total, row, membership, join, emission, published and rejected ' +
      'record is held against a recount. ' +
      'Exit code 1 where a history went wrong (or a mutant was not caught).',
  )
  .addOption(new Option('--seed <number>', 'replay one history: print its trace and its verdict').argParser(wholeNumber(0, SEEDS * 2)))
  .option('--runs <number>', 'histories to search', wholeNumber(1, SEEDS), 10_000)
  .option('--from <seed>', 'the first seed of the search (default: drawn, and printed)', wholeNumber(0, SEEDS * 2))
  .addOption(
    new Option(
      '--pipeline <name>',
      'the folds: small ones in which every boundary is near, or the order stream’s own (default: small, or the mutant’s)',
    )
      .choices([...NAMED.keys()])
      .conflicts(['mutant', 'mutants']),
  )
  .addOption(
    new Option('--mutant <name>', 'a broken fold in place of the production’s (--mutants names them)')
      .argParser(mutantName)
      .conflicts('mutants'),
  )
  .addOption(new Option('--mutants', 'search every mutant until it is caught, and report').conflicts('seed'))
  .helpOption('-h, --help', 'print this help')
  .exitOverride()
  .showHelpAfterError('(npm run simulate -- --help says what there is)')
  .addHelpText(
    'after',
    examples([
      'npm run simulate',
      'npm run simulate -- --runs 100000 --pipeline orders',
      'npm run simulate -- --seed 123',
      'npm run simulate -- --mutant net-flips --from 1',
      'npm run simulate -- --mutants --from 1 --runs 20000',
    ]),
  );

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    program.parse();
    const options = program.opts<Arguments>();
    if (options.mutants) return await reportMutants(options);
    return options.seed === undefined ? await searchFrom(options) : await replay(options, options.seed);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

/** What is run, and where: a mutant in the pipeline in which it shows. */
async function chosen({ mutant: name, pipeline = 'small' }: Arguments): Promise<{ subject: Subject; pipeline: Pipeline }> {
  const mutant = MUTANTS.find((one) => one.name === name);
  if (mutant) return { subject: await loadMutant(mutant), pipeline: mutant.pipeline };
  return { subject: production, pipeline: NAMED.get(pipeline) as Pipeline };
}

async function replay(options: Arguments, seed: number): Promise<number> {
  const trace: string[] = [];
  const { subject, pipeline } = await chosen(options);
  const verdict = await runHistory(pipeline, subject, seed, trace);
  print([
    ...trace,
    '',
    `seed ${seed}: ${verdict.events} events, ${verdict.problems.length === 0 ? 'all is as the recount says' : 'WRONG'}`,
    ...verdict.problems,
  ]);
  return verdict.problems.length === 0 ? 0 : 1;
}

async function searchFrom(options: Arguments): Promise<number> {
  const firstSeed = options.from ?? randomInt(SEEDS);
  const { subject, pipeline } = await chosen(options);
  const started_ms = systemClock.monotonic_ms();
  using bar = progressBar(options.runs);
  const found = await search(pipeline, subject, { firstSeed, runs: options.runs, progress: bar.update });
  bar[Symbol.dispose]();
  const seconds = (systemClock.monotonic_ms() - started_ms) / 1_000;
  const speed = `${seconds.toFixed(1)} s, ${Math.round(found.runs / seconds)} histories/s`;
  print([
    `${found.runs} histories of ${pipeline.name} from seed ${firstSeed} (${speed}): ${found.wrong === 0 ? 'none' : found.wrong} went wrong`,
  ]);
  if (!found.smallest) return 0;
  const { seed, events } = found.smallest;
  print([`The first is the ${found.firstWrong}th; the smallest, with ${events} events, is of seed ${seed}:`, '']);
  return replay(options, seed);
}

async function reportMutants({ runs, from }: Arguments): Promise<number> {
  const firstSeed = from ?? randomInt(SEEDS);
  print([
    `Histories from seed ${firstSeed} until each mutant is caught, and the smallest that caught it.`,
    '',
    row('mutant', 'pipeline', 'caught after', 'smallest', 'what it breaks'),
  ]);
  let missed = 0;
  for (const mutant of MUTANTS) {
    const { firstWrong, smallest } = await search(mutant.pipeline, await loadMutant(mutant), { firstSeed, runs, untilWrong: true });
    if (!smallest) missed++;
    print([
      row(
        mutant.name,
        mutant.pipeline.name,
        `${firstWrong ?? `not in ${runs}`}`,
        smallest ? `${smallest.events} events (seed ${smallest.seed})` : '',
        mutant.breaks,
      ),
    ]);
  }
  print(['', `${MUTANTS.length - missed} of ${MUTANTS.length} were caught.`]);
  return missed === 0 ? 0 : 1;
}

function mutantName(text: string): string {
  if (MUTANTS.some(({ name }) => name === text)) return text;
  throw new InvalidArgumentError(`There are ${MUTANTS.map(({ name }) => name).join(', ')}.`);
}

function row(name: string, pipeline: string, after: string, smallest: string, breaks: string): string {
  return `${name.padEnd(30)} ${pipeline.padEnd(10)} ${after.padStart(13)}  ${smallest.padEnd(30)} ${breaks}`;
}

/** A bar on standard error where that is a terminal; nothing elsewhere. */
function progressBar(runs: number): Disposable & { update(done: number): void } {
  if (!process.stderr.isTTY) return { update: () => undefined, [Symbol.dispose]: () => undefined };
  const bar = new SingleBar({
    format: '{bar} {percentage}% {value}/{total} histories, {eta_formatted} left',
    hideCursor: true,
    stream: process.stderr,
  });
  bar.start(runs, 0);
  return { update: (done) => bar.update(done), [Symbol.dispose]: () => bar.stop() };
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
