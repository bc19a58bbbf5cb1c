/** What help texts share. */

/** Examples at the end of a help text, one command line each. */
export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}
