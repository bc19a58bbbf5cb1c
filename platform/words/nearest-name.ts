/** Suggestions for misspelt names. */

/** The name that is nearest to what was written, if it is near enough to be meant: at most a third of it differs, unless told otherwise. */
export function nearestName(
  written: string,
  names: readonly string[],
  edits_max = Math.max(1, Math.floor(written.length / 3)),
): string | undefined {
  let nearest: string | undefined;
  let fewest = edits_max + 1;
  for (const name of names) {
    // So much has to be inserted or deleted at the least; and whoever writes a name of a megabyte does not make this slow.
    if (Math.abs(name.length - written.length) >= fewest) continue;
    const edits = editDistance(written, name);
    if (edits < fewest) {
      fewest = edits;
      nearest = name;
    }
  }
  return nearest;
}

/** Insertions, deletions and substitutions between two texts (Wagner and Fischer, 1974), a row of their table at a time. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substituted = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substituted, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[b.length] ?? a.length;
}
