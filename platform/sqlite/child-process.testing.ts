/** Starts other processes on a data directory, for the tests of the embedded adapters. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that says a line for each thing that it was promised. */
export class ChildProcess {
  readonly lines: string[] = [];
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown>;
  #errors = '';
  #heard = Promise.withResolvers<void>();

  /** Runs `command` with its arguments. */
  constructor(command: string, ...args: readonly string[]) {
    this.#process = spawn(command, args);
    this.#process.stderr.on('data', (data) => (this.#errors += String(data)));
    const reader = createInterface(this.#process.stdout);
    reader.on('line', (line) => {
      this.lines.push(line);
      this.#heard.resolve();
    });
    this.#ended = Promise.all([once(this.#process, 'exit'), once(reader, 'close')]).finally(() => this.#heard.resolve());
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** Waits until it has said `count` lines. @throws Error with what it complained of when it ends before */
  async says(count: number): Promise<void> {
    while (this.lines.length < count) {
      if (this.#process.exitCode !== null || this.#process.signalCode !== null) throw new Error(`it ended early: ${this.#errors}`);
      await this.#heard.promise;
      this.#heard = Promise.withResolvers<void>();
    }
  }

  tell(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  /** As the power failing, to the process: nothing of it runs any more. Resolves when all that it said is heard. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  async end(): Promise<void> {
    await this.#ended;
    if (this.#process.exitCode !== 0) throw new Error(`it failed: ${this.#errors}`);
  }
}
