/** The real program, for tests in a real browser: every workload in one process, on embedded storage. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = join(import.meta.dirname, '../main.ts');

export interface Program {
  /** `http://localhost:PORT`, the same after a restart. */
  readonly address: string;
  /** Ends the process as an operator would. */
  stop(): Promise<void>;
  /** Ends the process as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data; `settings` are added to those that it had. */
  start(settings?: Readonly<Record<string, string>>): Promise<void>;
  /** Ends it and deletes its data. */
  remove(): Promise<void>;
}

/** Starts the program in a directory of its own on a free port. `settings` are further environment variables. */
export async function startProgram(settings: Readonly<Record<string, string>> = {}): Promise<Program> {
  const directory = mkdtempSync(join(tmpdir(), 'kaiseki-browser-'));
  const launch = (port: string, more: Readonly<Record<string, string>> = {}) =>
    run({ KAISEKI_PORT: port, KAISEKI_DATA_DIR: directory, KAISEKI_TIME_ZONE: 'Asia/Tokyo', ...settings, ...more });
  let running = await launch('0');
  const { address } = running;
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    const { child } = running;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  const stop = () => end('SIGTERM');
  return {
    address,
    stop,
    kill: () => end('SIGKILL'),
    async start(more) {
      running = await launch(new URL(address).port, more);
    },
    async remove() {
      await stop();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Resolves as soon as the program says where it listens. */
async function run(settings: Readonly<Record<string, string>>): Promise<{ readonly child: ChildProcess; readonly address: string }> {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [MAIN, 'all'], {
    cwd: tmpdir(),
    env: { ...(PATH ? { PATH } : {}), ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    const address = addressIn(line);
    if (address === undefined) continue;
    // Read on, or the pipe fills up and the program stands still.
    child.stderr.resume();
    return { child, address };
  }
  throw new Error(`the program ended before it listened:\n${said.join('\n')}`);
}

function addressIn(line: string): string | undefined {
  const entry: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
  if (typeof entry !== 'object' || entry === null || !('msg' in entry) || entry.msg !== 'listening') return undefined;
  return 'address' in entry && typeof entry.address === 'string' ? entry.address : undefined;
}
