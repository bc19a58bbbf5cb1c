/** Fields of CSV files, for programs and for spreadsheets. */

/** What a spreadsheet takes for the beginning of a formula (OWASP, "CSV injection"); in full width, too, where it speaks Japanese. */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/** RFC 4180: quoted where the text itself could be taken for syntax, also by a spreadsheet that separates fields by `;` or tabs. */
export function csvField(text: string): string {
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The text, with an apostrophe before it where a spreadsheet would take it for a formula. */
export function withoutFormula(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}
