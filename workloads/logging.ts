/** The program's log: JSON lines on standard error, or lines for a person where that is a terminal. */
import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from './settings.ts';

/** What a line of pino's holds beside the message. */
interface LogLine extends Readonly<Record<string, unknown>> {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
  readonly err?: { readonly message?: string; readonly stack?: string };
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [20, 'debug'],
  [30, 'info '],
  [40, 'warn '],
  [50, 'error'],
  [60, 'fatal'],
]);
/** From this level on a person sees an error's stack too. */
const STACK_LEVEL = 50;

/** A logger on standard error. Standard output is left to what a command answers. */
export function createLogger(level: LogLevel): Logger {
  const options = { level, base: null };
  return process.stderr.isTTY ? pino(options, forPersons(process.stderr)) : pino(options, pino.destination({ dest: 2, sync: true }));
}

function forPersons(output: DestinationStream): DestinationStream {
  return { write: (line) => output.write(`${readableLine(JSON.parse(line))}\n`) };
}

/** `14:03:22 warn  waiting for the log (reason=…)`. */
export function readableLine({ level, time, msg = '', err, ...rest }: LogLine): string {
  const details = Object.entries(rest).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  if (err?.message !== undefined) details.push(err.message);
  const clockTime = new Date(time).toTimeString().slice(0, 8);
  const line = `${clockTime} ${NAMES.get(level) ?? String(level)} ${msg}${details.length > 0 ? ` (${details.join(', ')})` : ''}`;
  return level >= STACK_LEVEL && err?.stack ? `${line}\n${err.stack}` : line;
}
