/** The program as its users run it: processes started from the command line, for tests that kill them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const MAIN = 'workloads/main.ts';
const OUTPUT_LINES_MAX = 200;

export interface TestProcess {
  readonly pid: number;
  /** The last lines that it printed, for a failing test's message. */
  readonly output: readonly string[];
  /** Resolves with the first line that `matches`; rejects when the process ends before. */
  line(matches: (line: string) => boolean): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the exit code; a signal's number + 128 where one ended it. */
  ended(): Promise<number>;
}

/** Starts `kaiseki …arguments`. */
export function startKaiseki(args: readonly string[], environment: NodeJS.ProcessEnv): TestProcess {
  return startProgram(MAIN, args, environment);
}

/** Starts a program of this repository. */
export function startProgram(program: string, args: readonly string[], environment: NodeJS.ProcessEnv): TestProcess {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const waiting = new Set<(line: string) => void>();
  const hear = (line: string) => {
    output.push(line);
    if (output.length > OUTPUT_LINES_MAX) output.shift();
    for (const listener of waiting) listener(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', hear);
  const ended = endOf(child);
  return {
    pid: child.pid ?? 0,
    output,
    line: (matches) =>
      new Promise((resolve, reject) => {
        const known = output.find(matches);
        if (known !== undefined) return resolve(known);
        const listener = (line: string) => {
          if (!matches(line)) return;
          waiting.delete(listener);
          resolve(line);
        };
        waiting.add(listener);
        void ended.then((code) => reject(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output.slice(-20).join('\n')}`)));
      }),
    kill: (signal) => void child.kill(signal),
    ended: () => ended,
  };
}

/** Runs `kaiseki …arguments` to its end. @throws Error when it does not exit with 0 */
export async function runKaiseki(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const running = startKaiseki(args, environment);
  const code = await running.ended();
  if (code !== 0) throw new Error(`kaiseki ${args.join(' ')} ended with ${code}:\n${running.output.join('\n')}`);
  return running.output.join('\n');
}

/** Where a process that serves HTTP listens, as its log says. */
export async function addressOf(running: TestProcess): Promise<string> {
  const line = await running.line((one) => one.includes('"msg":"listening"'));
  const { address }: { address: string } = JSON.parse(line);
  return address;
}

async function endOf(child: ChildProcess): Promise<number> {
  const [code]: (number | null)[] = await once(child, 'exit');
  return code ?? 128;
}
