/** The kinds of environment variable: schemas from text to value, whose messages say what to write. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { fieldProblems } from '#platform/words/field-problems.ts';
import { plainWords } from '#platform/words/plain-words.ts';
import { readTextFile } from './text-file.ts';

/** Any text. */
export function text() {
  return z.string();
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .refine((written) => /^\d{1,15}$/.test(written) && Number(written) >= min && Number(written) <= max, {
      error: `must be a whole number from ${min} to ${max}`,
    })
    .transform(Number);
}

/** `true` or `false`. */
export function flag() {
  return z.enum(['true', 'false'], { error: 'must be true or false' }).transform((written) => written === 'true');
}

/** One of the names. */
export function choice<const N extends readonly [string, ...string[]]>(names: N) {
  return z.enum(names, { error: `must be one of ${names.join(', ')}` });
}

const PORT_MAX = 65_535;

/** `host:port,host:port`. */
export function addresses(example: string, port: 'with port' | 'port may be left out') {
  const isAddress = (address: string) => {
    const [, written] = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/.exec(address) ?? [undefined, '0'];
    return written === undefined ? port !== 'with port' : Number(written) > 0 && Number(written) <= PORT_MAX;
  };
  return z
    .string()
    .transform((written) => written.split(',').map((address) => address.trim()))
    .refine((all) => all.every(isAddress), {
      error: `must be ${port === 'with port' ? 'host:port addresses' : 'addresses'} separated by commas, such as ${example}`,
    });
}

/** The path of a PEM file; its value is what stands in the file, without remarks before the first certificate or key. */
export function pemFile() {
  return z.string().transform((path, context) => {
    const contents = readText(context, () => readFileSync(path, 'latin1'));
    if (contents === undefined) return z.NEVER;
    const start = contents.indexOf('-----BEGIN ');
    if (start >= 0) return contents.slice(start);
    context.addIssue('must be the path of a PEM file (one that holds -----BEGIN …)');
    return z.NEVER;
  });
}

/** The path of a JSON file; its value is what the file holds, as `schema` has it. */
export function jsonFile<T>(schema: z.ZodType<T>) {
  return z.string().transform((path, context): T => {
    const contents = readText(context, () => readTextFile(path));
    if (contents === undefined) return z.NEVER;
    try {
      const parsed = schema.safeParse(JSON.parse(contents), { error: plainWords });
      if (parsed.success) return parsed.data;
      const mistakes = fieldProblems(parsed.error, 'the whole');
      const lines = mistakes.map(({ field, problem }) => `\n    ${field} ${problem}`).join('');
      context.addIssue(`must be a file without mistakes; it has ${mistakes.length}:${lines}`);
    } catch (error) {
      context.addIssue(`must be the path of a JSON file: what it holds is no JSON${whereIn(contents, messageOf(error))}`);
    }
    return z.NEVER;
  });
}

/**
 * Where JSON ends to be JSON, as far as its parser tells: a place, or the mistake with ten characters before it and after it.
 * Its own words would quote the file, which may be a wrong one and secret.
 */
function whereIn(contents: string, said: string): string {
  const [where] = /line \d+ column \d+/.exec(said) ?? [];
  if (where) return `, see ${where}`;
  const lineOf = (position: number) => contents.slice(0, position).split('\n').length;
  const [, around] = /^Unexpected token .+, \.\.\."(.+)"(?:\.\.\.)? is not valid JSON$/su.exec(said) ?? [];
  if (around && contents.includes(around)) return `, see line ${lineOf(contents.indexOf(around) + 10)}`;
  return said.includes('end of JSON') && contents.trim() !== '' ? `, it ends too early (line ${lineOf(contents.trimEnd().length)})` : '';
}

function readText(context: z.RefinementCtx, read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    context.addIssue(`must be the path of a file that can be read (${messageOf(error)})`);
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
