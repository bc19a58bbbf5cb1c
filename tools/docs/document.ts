/** Files of the repository that are written by `npm run docs` and by nothing else. */

export interface Document {
  /** Inside of the repository. */
  readonly path: string;
  readonly text: string;
}

/** The first lines of a generated Markdown page. */
export function page(title: string, from: string, body: readonly string[]): string {
  return `${[`<!-- Written by \`npm run docs\` from ${from}. Do not edit. -->`, `# ${title}`, '', ...body].join('\n')}\n`;
}

/** A Markdown table; `|` within cells is escaped. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
