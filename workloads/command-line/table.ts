/** Rows as an aligned table for a terminal. */

/** Numbers stand to the right, everything else to the left. */
export function formatTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => String(row[column] ?? '').length)));
  const line = (cells: readonly (string | number)[], isRight: (column: number) => boolean) =>
    cells
      .map((cell, column) => (isRight(column) ? String(cell).padStart(widths[column] ?? 0) : String(cell).padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  const isNumeric = (column: number) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number' || row[column] === '-');
  return `${[line(header, isNumeric), ...rows.map((row) => line(row, isNumeric))].join('\n')}\n`;
}
