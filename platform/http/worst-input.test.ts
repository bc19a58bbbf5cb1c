/**
 * No request without a key costs more than linear time. Whatever reads what a client sends either is a scanner, of which the
 * steps are counted here at the size limit, or a regular expression that cannot go back over more than a few characters.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import Koa from 'koa';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { decodeCursor } from '#platform/tables/cursor.ts';
import { BadCursor, defineTable } from '#platform/tables/tables.ts';
import { accessCheck, presentedKey } from './access.ts';
import { withTextBody } from './body.ts';
import { BodyBudget } from './body-budget.ts';
import type { Characters } from './characters.ts';
import { clientAddress } from './client-address.ts';
import { hasAlready } from './etag.ts';
import { hostCheck } from './host.ts';
import { LOOPBACK } from './http.testing.ts';
import { looksLikeToken } from './id-tokens.ts';
import { JSON_DEPTH_MAX, JSON_VALUES_MAX, tooMuchJson } from './json-limits.ts';
import { acceptsGzip, prefers } from './offers.ts';
import { isOwnOrigin } from './origins.ts';
import { queryParameters } from './parameters.ts';
import { HttpProblem } from './problem.ts';

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

/** Far more than a linear walk takes on a busy machine; a quadratic one of 16 KB takes some hundreds. */
const WALK_MS_MAX = 100;

describe('what reads with the runtime’s own functions, of which no step is counted, takes little time', () => {
  const settings = {
    ...LOOPBACK,
    apiKeys: [{ role: 'read', key: 'x'.repeat(16) }],
    publishableKeys: [{ key: 'pk_', origins: [] }],
  } as const;
  const check = accessCheck(settings, systemClock);
  const rules = { types: ['application/json'], limit_bytes: 1, budget: new BodyBudget(1) };
  const table = defineTable({
    name: 'cursors',
    columns: { a: 'text', b: 'text' },
    partitionKey: ['a'],
    clusteringKey: ['b'],
  });

  it.each<[string, (text: string) => unknown]>([
    ['X-Forwarded-For', (text) => clientAddress(requestOf({ 'x-forwarded-for': text }), 1)],
    ['Authorization', (text) => presentedKey(requestOf({ authorization: text }))],
    ['Authorization, of the scheme', (text) => presentedKey(requestOf({ authorization: `Bearer ${text}` }))],
    ['a token', (text) => looksLikeToken(`ey${text}`)],
    ['Host', (text) => hostCheck(LOOPBACK)(text)],
    ['Origin', (text) => isOwnOrigin(text, text)],
    ['Content-Type', (text) => withTextBody(contextOf({ 'content-type': text }), rules, async () => undefined).catch(() => undefined)],
    ['the query', (text) => attempt(() => check(contextOf({}, `/?${text.replaceAll(' ', '+')}`), 'read'))],
    ['the parameters', (text) => attempt(() => queryParameters(text))],
    ['a cursor', (text) => attempt(() => decodeCursor(table, {}, text))],
    ['a cursor of this shape', (text) => attempt(() => decodeCursor(table, {}, Buffer.from(text).toString('base64url')))],
  ])('%s', (_, read) => {
    const texts = [...HEADERS, ...['&', '&a=', '%', '%41', '[', '::', 'f:', '.', ';charset='].map((part) => fill(part, HEADERS_BYTES_MAX))];
    for (const text of texts) {
      // The quicker of two: something else may have had the machine.
      const took_ms = [1, 2].map(() => {
        const started_ms = systemClock.monotonic_ms();
        read(text);
        return systemClock.monotonic_ms() - started_ms;
      });
      expect(Math.min(...took_ms), text.slice(0, 20)).toBeLessThan(WALK_MS_MAX);
    }
  });
});

function requestOf(headers: IncomingHttpHeaders, url = '/'): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { headers, url, method: 'POST' });
}

function contextOf(headers: IncomingHttpHeaders, url?: string) {
  const request = requestOf(headers, url);
  return new Koa().createContext(request, new ServerResponse(request));
}

function attempt(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof HttpProblem || error instanceof BadCursor)) throw error;
  }
}

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
