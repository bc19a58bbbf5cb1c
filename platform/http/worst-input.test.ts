/**
 * No request without a key costs more than linear time. Whatever reads what a client sends either is a scanner, of which the
 * steps are counted here at the size limit, or a regular expression that cannot go back over more than a few characters.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Characters } from './characters.ts';
import { hasAlready } from './etag.ts';
import { JSON_DEPTH_MAX, JSON_VALUES_MAX, tooMuchJson } from './json-limits.ts';
import { acceptsGzip, prefers } from './offers.ts';

/** Node's own limit for all headers of a request together, and those of the bodies of an order and a batch. */
const HEADERS_BYTES_MAX = 16 * 1024;
const ORDER_BYTES_MAX = 64 * 1024;
const BATCH_BYTES_MAX = 5 * 1024 * 1024;

/** A text that counts how often one of its characters is looked at. */
class Counted implements Characters {
  readonly #text: string;
  looks = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get length(): number {
    return this.#text.length;
  }

  charCodeAt(index: number): number {
    this.looks++;
    return this.#text.charCodeAt(index);
  }
}

function looksAt(text: string, scan: (text: Characters) => unknown): number {
  const counted = new Counted(text);
  scan(counted);
  return counted.looks / Math.max(1, text.length);
}

const fill = (pattern: string, length: number) => pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length);

/** Patterns that make readers go back: blanks, separators, openings without an end, and what nearly fits. */
const PATTERNS = [
  ' ',
  '\t',
  ',',
  ';',
  '=',
  '"',
  '""',
  'W/',
  'W/"',
  '"a',
  '" ',
  ' ,',
  ', ',
  '"tag',
  'W/"tag"x',
  '*',
  'a',
  'gzi',
  'gzip;',
  ';q=',
  'q=0',
  '\\',
  '"\\',
  '\\"',
];
const HEADERS = PATTERNS.flatMap((pattern) => [fill(pattern, HEADERS_BYTES_MAX), `a${fill(pattern, HEADERS_BYTES_MAX - 2)}x`]);

describe('a scanner looks at each character a few times at the most', () => {
  it.each([
    ['If-None-Match', (text: Characters) => hasAlready(text, 'tag')],
    ['If-None-Match, with a tag as long as the header', (text: Characters) => hasAlready(text, fill('a', HEADERS_BYTES_MAX))],
    ['Accept-Encoding', acceptsGzip],
    ['Accept', (text: Characters) => prefers(text, 'text/csv', 'application/json')],
  ])('%s', (_, scan) => {
    for (const header of HEADERS) expect(looksAt(header, scan), header.slice(0, 20)).toBeLessThanOrEqual(12);
  });

  it('JSON', () => {
    const looks = (pattern: string, bytes: number) => looksAt(fill(pattern, bytes), tooMuchJson);
    for (const pattern of [...PATTERNS, '{"a":', '[[],', ']', '1', '1,', '"\\u0041"', '[]', '{}']) {
      expect(looks(pattern, ORDER_BYTES_MAX), pattern).toBeLessThanOrEqual(1);
    }
    for (const pattern of ['[', '{', ' ', '"\\']) expect(looks(pattern, BATCH_BYTES_MAX), pattern).toBeLessThanOrEqual(1);
  });

  it('and is counted: one that goes back is found out', () => {
    const goesBack = (text: Characters) => {
      for (let start = 0; start < text.length; start++) for (let at = start; at < text.length && text.charCodeAt(at) === 32; at++);
    };
    expect(looksAt(fill(' ', 1_000), goesBack)).toBeGreaterThan(400);
  });
});

describe('JSON', () => {
  it('is parsed no deeper than the limit, and no more of it', () => {
    const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(tooMuchJson(deep(JSON_DEPTH_MAX))).toBeUndefined();
    expect(tooMuchJson(deep(JSON_DEPTH_MAX + 1))).toContain('deep');
    expect(tooMuchJson(`[${'1,'.repeat(JSON_VALUES_MAX - 3)}1]`)).toBeUndefined();
    expect(tooMuchJson(`[${'1,'.repeat(JSON_VALUES_MAX)}1]`)).toContain('values');
    expect(tooMuchJson(`[${'[],'.repeat(JSON_VALUES_MAX / 2)}[]]`)).toContain('values');
  });

  it('is not judged by what stands in its texts', () => {
    for (const text of ['[', '{', '\\"[', '\\\\', ',']) {
      expect(tooMuchJson(`"${text.repeat(JSON_VALUES_MAX)}"`), text).toBeUndefined();
    }
  });
});

/** Those whose text is short by then, and what makes it so. */
const SHORT: readonly string[] = [
  // host.ts: HOST_CHARACTERS_MAX.
  String.raw`/^(?:\[([\da-f:.]+)\]|([^:@/[\]]+))(?::\d*)?$/i`,
];
/** Those that read what this program wrote itself. */
const OWN: readonly string[] = [
  // openapi.ts, static.ts: paths of routes and of built files.
  String.raw`/[/:._-]+(\w?)/g`,
  String.raw`/:(\w+)/g`,
  String.raw`/^\/assets\/.*-[\w-]{8,}\.\w+$/`,
];

/** Those that put a regular expression together, and hold it against the same rule in a test of their own. */
const BUILDERS: readonly string[] = ['workloads/orders/order-time.ts'];

const READERS = ['platform/http', 'platform/tables/cursor.ts', 'platform/words', 'platform/clock', 'workloads/orders'];

/** A file without its comments. */
function codeOf(path: string): string {
  return readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^ *\/\/.*$/gm, '');
}

/** The files that read requests. */
function readers(): readonly string[] {
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...READERS], { encoding: 'utf8' })
    .split('\n')
    .filter((path) => path.endsWith('.ts') && !/\.(test|testing)\.ts$/.test(path) && !/\/(replay|daily|faults)\//.test(path));
}

/** Their regular expressions. */
function expressions(): readonly string[] {
  return readers().flatMap((path) =>
    [...codeOf(path).matchAll(/(?<=[=(,&|?: ]|return )\/(?![/*\s])(?:\\.|\[(?:\\.|[^\]\n])*\]|[^/\n\\])+\/[dgimsuvy]*(?=[.,;)\s])/g)].map(
      ([found]) => found,
    ),
  );
}

it('a regular expression is anchored, and repeats without a bound at one place only', () => {
  const found = expressions();
  expect(found).toContain(String.raw`/^[\w.:-]{1,128}$/`);
  const repetitions = (expression: string) => expression.replaceAll(/\\.|\[(?:\\.|[^\]])*\]/g, 'c').match(/[*+]|\{\d+,\}/g)?.length ?? 0;
  const wrong = found.filter((expression) => {
    if (SHORT.includes(expression) || OWN.includes(expression)) return false;
    const many = repetitions(expression);
    return many > 1 || (many === 1 && !expression.startsWith('/^'));
  });
  expect(wrong).toEqual([]);
  for (const known of [...SHORT, ...OWN]) expect(found, 'a list here names one that is gone').toContain(known);
});

it('a regular expression stands where it is found, and is not put together', () => {
  expect(readers().filter((path) => codeOf(path).includes('RegExp('))).toEqual(BUILDERS);
});

it('a query is read by this server’s own function: Koa’s takes time that grows with its square', () => {
  expect(readers().filter((path) => /context(?:\.request)?\.query\b/.test(codeOf(path)))).toEqual([]);
});
