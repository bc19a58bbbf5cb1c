/** If-None-Match (RFC 9110, section 13.1.2), read in one walk whatever stands in it. */
import { type Characters, COMMA, isBlank, QUOTE, SLASH, STAR } from './characters.ts';

const UPPER_W = 87;

/**
 * Whether the client has the content whose tag, without `W/` and quotes, is `tag`: the header names it, weak or strong,
 * or says that it has any (`*`). What is no tag is skipped up to the next comma.
 */
export function hasAlready(header: Characters, tag: string): boolean {
  for (let at = 0; at < header.length; ) {
    const code = header.charCodeAt(at);
    if (code === COMMA || isBlank(code)) {
      at++;
      continue;
    }
    if (code === STAR) return true;
    const isWeak = code === UPPER_W && header.charCodeAt(at + 1) === SLASH;
    const open = isWeak ? at + 2 : at;
    if (header.charCodeAt(open) !== QUOTE) {
      at = after(header, at, COMMA);
      continue;
    }
    let same = 0;
    let end = open + 1;
    for (; end < header.length; end++) {
      const one = header.charCodeAt(end);
      if (one === QUOTE) break;
      // -1: it has differed once, and never comes to as much as the tag's length.
      same = same >= 0 && one === tag.charCodeAt(same) ? same + 1 : -1;
    }
    if (end < header.length && same === tag.length) return true;
    at = end + 1;
  }
  return false;
}

function after(header: Characters, start: number, wanted: number): number {
  let at = start;
  while (at < header.length && header.charCodeAt(at) !== wanted) at++;
  return at + 1;
}
