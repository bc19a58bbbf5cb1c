/** Text files as people write them: editors of Windows put a byte order mark before the text, or write UTF-16. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { withoutByteOrderMark } from '#platform/words/byte-order-mark.ts';

/**
 * The text of a file.
 * @throws Error where it cannot be read or is not UTF-8; its message says what it is instead
 */
export function readTextFile(path: string): string {
  const bytes = readFileSync(path);
  if (isUtf8(bytes) && !bytes.includes(0)) return withoutByteOrderMark(bytes.toString('utf8'));
  throw new Error(`it is not UTF-8${bytes.includes(0) ? ', but seems to be UTF-16' : ''}: save it as UTF-8`);
}
