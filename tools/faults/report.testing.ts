/** The report of the fault tests: each file writes its section; the last act of a run puts together what is there. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAverage, machineLines } from '../bench/machine.ts';

const SECTIONS = 'reports/faults';
const REPORT = 'reports/faults.md';

/** The sections in the order of the report. One that did not run this time stays as it was: the suite can be run in pieces. */
export type SectionName = '1-processes' | '2-nodes' | '3-alarms' | '4-stopping' | '5-producer' | '6-overload' | '7-pipeline';

export function writeSection(name: SectionName, title: string, lines: readonly string[]): void {
  mkdirSync(SECTIONS, { recursive: true });
  const load = `Load average at the end: ${loadAverage()}.`;
  writeFileSync(join(SECTIONS, `${name}.md`), [`## ${title}`, '', ...lines, '', load, ''].join('\n'));
}

export function writeReport(): void {
  mkdirSync(SECTIONS, { recursive: true });
  const sections = readdirSync(SECTIONS)
    .toSorted()
    .map((file) => readFileSync(join(SECTIONS, file), 'utf8'));
  const head = ['# Faults on three Kafka and three Cassandra nodes', '', ...machineLines('npm run test:faults'), ''];
  writeFileSync(REPORT, [...head, ...sections].join('\n'));
}

/** A Markdown table. */
export function table(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)];
}
