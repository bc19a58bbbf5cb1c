/** Whole numbers as Kafka's record batches hold them: as few bytes as they need, seven bits each, zigzag-encoded. */

/** Writes a whole number from 0 to 2^52: zigzag-encoded it is twice itself. Returns where it ends. */
export function writeVarint(target: Buffer, start: number, value: number): number {
  let rest = value * 2;
  let end = start;
  for (; rest > 127; rest = Math.floor(rest / 128)) target[end++] = (rest % 128) + 128;
  target[end++] = rest;
  return end;
}

export function sizeOfVarint(value: number): number {
  let size = 1;
  for (let rest = value * 2; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes a text of so many bytes behind their number. Returns where it ends. */
export function writeText(target: Buffer, start: number, text: string, bytes: number): number {
  const textStart = writeVarint(target, start, bytes);
  target.write(text, textStart, bytes, 'utf8');
  return textStart + bytes;
}
