/** What JSON may hold, looked at before it is parsed: a parser takes a second for 5 MB of `[`, and this a moment. */
import { BACKSLASH, type Characters, COMMA, QUOTE } from './characters.ts';

/** Objects and lists inside of one another. */
export const JSON_DEPTH_MAX = 64;
/** Values, counted by commas and opening brackets: twenty for each order of a full batch. */
export const JSON_VALUES_MAX = 200_000;

const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** What is too much in a text, in one walk; undefined where nothing is. Whether it is JSON at all is for its parser to say. */
export function tooMuchJson(text: Characters): string | undefined {
  let depth = 0;
  let values = 1;
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isInText) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) isInText = false;
    } else if (code === QUOTE) {
      isInText = true;
    } else if (code === COMMA) {
      if (++values > JSON_VALUES_MAX) return `has more than ${JSON_VALUES_MAX} values`;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      if (++depth > JSON_DEPTH_MAX) return `has values inside of one another more than ${JSON_DEPTH_MAX} deep`;
      if (++values > JSON_VALUES_MAX) return `has more than ${JSON_VALUES_MAX} values`;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      depth--;
    }
  }
  return undefined;
}
