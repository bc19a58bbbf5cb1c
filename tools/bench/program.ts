/** The real program on embedded adapters, as a process of its own, on a data directory that goes away with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf, startKaiseki, startProgram, type TestProcess } from '#workloads/processes.testing.ts';

/** A new directory, removed by `using`. */
export function temporaryDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'kaiseki-bench-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * What is handed down to measured processes. `NODE_OPTIONS=--cpu-prof node_modules/.bin/node tools/bench/bench.ts` profiles
 * them and the benchmark, each thread into a file of its own; through `npm run` or `npx`, npm's own Node may refuse the option.
 */
const HANDED_DOWN = ['NODE_OPTIONS', 'TMPDIR'] as const;

export function benchEnvironment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const handedDown = HANDED_DOWN.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(handedDown), KAISEKI_PORT: '0', KAISEKI_LOG_LEVEL: 'info', ...more };
}

/** Starts workloads; stopped gracefully by `await using`. */
export function startWorkloads(workloads: readonly string[], environment: NodeJS.ProcessEnv): Promise<MeasuredProcess> {
  return measured(startKaiseki(workloads, benchEnvironment(environment)));
}

/** Starts another server of this folder, which says where it listens as `kaiseki` does. */
export function startServer(program: string): Promise<MeasuredProcess> {
  return measured(startProgram(program, [], benchEnvironment({})));
}

export interface MeasuredProcess extends AsyncDisposable {
  readonly pid: number;
  readonly address: string;
  /** Resolves with the first line of its log that `matches`. */
  line(matches: (line: string) => boolean): Promise<string>;
}

async function measured(running: TestProcess): Promise<MeasuredProcess> {
  return {
    pid: running.pid,
    address: await addressOf(running),
    line: running.line,
    async [Symbol.asyncDispose]() {
      running.kill('SIGTERM');
      await running.ended();
    },
  };
}
