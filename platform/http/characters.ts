/** Text that is read a character at a time: a string, or in a test one that counts how often it is read. */
export interface Characters {
  readonly length: number;
  charCodeAt(index: number): number;
}

/** Codes of the characters that the scanners of headers and bodies know. */
export const TAB = 9;
export const SPACE = 32;
export const QUOTE = 34;
export const STAR = 42;
export const COMMA = 44;
export const SLASH = 47;
export const SEMICOLON = 59;
export const EQUALS = 61;
export const BACKSLASH = 92;

/** Whether the code is one of the blanks that may stand around the parts of a header. */
export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** Whether `word`, in lower case, stands at `start`, in whatever case. */
export function standsAt(text: Characters, start: number, word: string): boolean {
  if (start + word.length > text.length) return false;
  for (let index = 0; index < word.length; index++) {
    const code = text.charCodeAt(start + index);
    const isUpper = code >= 65 && code <= 90;
    if ((isUpper ? code + 32 : code) !== word.charCodeAt(index)) return false;
  }
  return true;
}
