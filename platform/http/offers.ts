/** What a client would take (Accept, Accept-Encoding: RFC 9110, section 12.5), read in one walk whatever stands in it. */
import { type Characters, COMMA, EQUALS, isBlank, SEMICOLON, standsAt } from './characters.ts';

/** One entry of the list. */
interface Offer {
  /** Where its name begins and ends. */
  readonly start: number;
  readonly end: number;
  /** Its weight (`;q=0.5`) in thousandths; 0: it is refused. */
  readonly weight: number;
}

const FULL_WEIGHT = 1_000;
const LOWER_CASE = 32;
const LOWER_Q = 113;
const ZERO = 48;
const NINE = 57;

/** Whether an answer may be compressed: gzip is named with a weight above zero; or it is not named, and `*` is. */
export function acceptsGzip(header: Characters): boolean {
  let any = false;
  for (const { start, end, weight } of offers(header)) {
    if (isWord(header, start, end, 'gzip')) return weight > 0;
    if (isWord(header, start, end, '*')) any = weight > 0;
  }
  return any;
}

/** Whether the client would rather have the type `wanted` than `standard`: `text/csv` than `application/json`. */
export function prefers(header: Characters, wanted: string, standard: string): boolean {
  const one = wishFor(header, wanted);
  const other = wishFor(header, standard);
  if (one.weight === 0) return false;
  if (one.weight !== other.weight) return one.weight > other.weight;
  if (one.closeness !== other.closeness) return one.closeness > other.closeness;
  return one.place < other.place;
}

interface Wish {
  readonly weight: number;
  /** 3: the type itself is named; 2: its kind; 1: anything; 0: nothing that it is. */
  readonly closeness: number;
  readonly place: number;
}

/** What the entry says of the type that means it most closely. */
function wishFor(header: Characters, type: string): Wish {
  const names = ['*/*', `${type.slice(0, type.indexOf('/'))}/*`, type];
  let wish: Wish = { weight: 0, closeness: 0, place: 0 };
  for (const { start, end, weight } of offers(header)) {
    const closeness = names.findIndex((name) => isWord(header, start, end, name)) + 1;
    if (closeness > wish.closeness) wish = { weight, closeness, place: start };
  }
  return wish;
}

function isWord(header: Characters, start: number, end: number, word: string): boolean {
  return end - start === word.length && standsAt(header, start, word);
}

function* offers(header: Characters): Generator<Offer> {
  for (let at = 0; at < header.length; at++) {
    while (at < header.length && isBlank(header.charCodeAt(at))) at++;
    const start = at;
    while (at < header.length && !isEnd(header.charCodeAt(at))) at++;
    const end = at;
    let weight = FULL_WEIGHT;
    /** What the next digit of a weight counts; 0: this is no weight. */
    let worth = 0;
    let before = 0;
    for (; at < header.length; at++) {
      const code = header.charCodeAt(at);
      if (code === COMMA) break;
      if (code === EQUALS && (before | LOWER_CASE) === LOWER_Q) {
        weight = 0;
        worth = FULL_WEIGHT;
      } else if (code === SEMICOLON) {
        worth = 0;
      } else if (worth >= 1 && code >= ZERO && code <= NINE) {
        weight = Math.min(FULL_WEIGHT, weight + (code - ZERO) * worth);
        worth /= 10;
      }
      before = code;
    }
    yield { start, end, weight };
  }
}

function isEnd(code: number): boolean {
  return code === COMMA || code === SEMICOLON || isBlank(code);
}
