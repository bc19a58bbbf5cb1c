/** The processes of a pipeline on real servers, and what they say. */
import { join } from 'node:path';
import { ChildProcess } from '#platform/sqlite/child-process.testing.ts';
import type { PipelinePlace } from './servers.testing.ts';

const PROGRAM = join(import.meta.dirname, 'pipeline-child.testing.ts');

export class PipelineProcesses {
  readonly #place: PipelinePlace;
  readonly #alarms: string[] = [];
  #running: ChildProcess[] = [];

  constructor(place: PipelinePlace) {
    this.#place = place;
  }

  /** Every alarm that a process has raised. */
  get alarms(): readonly string[] {
    return [...this.#alarms, ...this.#running.flatMap(alarmsOf)];
  }

  /** Starts so many processes more. Their folds begin when the servers answer. */
  start(count: number): void {
    const command = [process.execPath, PROGRAM, JSON.stringify(this.#place)] as const;
    for (let left = count; left > 0; left--) this.#running.push(new ChildProcess(...command));
  }

  /** Resolves when the process that was started last owns a shard. */
  async owning(): Promise<void> {
    await this.#running.at(-1)?.says(1);
  }

  /** kill -9 of the oldest processes, all of them unless told otherwise. Resolves when they are gone. */
  async kill(count = this.#running.length): Promise<void> {
    const killed = this.#running.splice(0, count);
    await Promise.all(killed.map((one) => one.kill()));
    this.#alarms.push(...killed.flatMap(alarmsOf));
  }

  /** Asks the oldest process to stop. Resolves when it has. @throws Error where it does not end well */
  async stopOldest(): Promise<void> {
    const [oldest] = this.#running.splice(0, 1);
    if (!oldest) return;
    process.kill(oldest.pid, 'SIGTERM');
    await oldest.end();
    this.#alarms.push(...alarmsOf(oldest));
  }

  /** Sends a signal to the oldest process. */
  signalOldest(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const [oldest] = this.#running;
    if (oldest) process.kill(oldest.pid, signal);
  }
}

function alarmsOf({ lines }: ChildProcess): string[] {
  return lines.filter((line) => line.startsWith('ALARM'));
}
