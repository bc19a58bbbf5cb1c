/** Turns synthesized objects into a template of Helm. */
import { Document, isScalar, visit } from 'yaml';
import type { Condition } from './conditions.ts';
import { CLOSE, OPEN, type Values } from './values.ts';

/** Stands before a key whose block is conditional; the digits are the condition's index. */
const MARK = /⟪(\d+)⟫/;

/** The objects of a synthesized chart, as far as this file looks into them. */
export interface PlainObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

export interface TemplateSource {
  /** The id of the cdk8s chart. */
  readonly id: string;
  readonly objects: readonly PlainObject[];
}

/** @returns the template, and the indexes of the conditions that it used */
export function template(source: TemplateSource, conditions: readonly Condition[], values: Values) {
  const used = new Set<number>();
  const at = (path: string): number | undefined => {
    const index = conditions.findIndex((condition) => condition.at.test(path));
    if (index < 0) return undefined;
    used.add(index);
    return index;
  };
  const wrap = (text: string, index: number | undefined) =>
    index === undefined ? text : `{{- if ${conditions[index]?.when} }}\n${text}{{- end }}\n`;
  const objects = source.objects.map((object) => {
    const path = `${source.id}/${object.kind}/${object.metadata.name}`;
    const text = values.replaceNumbers(openBraces(markedBlocks(toYaml(mark(object, path, at)), conditions)));
    return wrap(`---\n${text}`, at(path));
  });
  const header = '{{- /* Written by `npm run charts` from cdk8s/. */}}\n';
  return { text: header + wrap(objects.join(''), at(source.id)), used };
}

/** A copy in which the first key of every conditional part bears its mark. */
function mark(node: unknown, path: string, at: (path: string) => number | undefined): unknown {
  if (Array.isArray(node)) {
    return node.map((item: unknown, index) => {
      const itemPath = `${path}/${nameOf(item) ?? index}`;
      const marked = mark(item, itemPath, at);
      const condition = at(itemPath);
      if (condition === undefined) return marked;
      if (!isMap(marked)) throw new Error(`${itemPath} is conditional but is no map`);
      return Object.fromEntries(Object.entries(marked).map(([key, value], first) => [first === 0 ? `⟪${condition}⟫${key}` : key, value]));
    });
  }
  if (!isMap(node)) return node;
  const entries = Object.entries(node).map(([key, value]) => ({
    key,
    value: mark(value, `${path}/${key}`, at),
    condition: at(`${path}/${key}`),
  }));
  // The conditional ones last: a list item's dash stands before its first key, and must not go with it.
  const always = entries.filter(({ condition }) => condition === undefined).map(({ key, value }) => [key, value] as const);
  const sometimes = entries.flatMap(({ key, value, condition }) =>
    condition === undefined ? [] : [[`⟪${condition}⟫${key}`, value] as const],
  );
  if (always.length === 0 && sometimes.length > 0) throw new Error(`all of ${path} is conditional: its map would be empty`);
  return Object.fromEntries([...always, ...sometimes]);
}

function isMap(node: unknown): node is Readonly<Record<string, unknown>> {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

/** What tells an item from its siblings, where something does. */
function nameOf(item: unknown): string | undefined {
  return isMap(item) && typeof item.name === 'string' ? item.name : undefined;
}

/** A text that holds a value is quoted, whatever the value will be: `1.0` stays a text. */
function toYaml(object: unknown): string {
  const document = new Document(object);
  visit(document, {
    Scalar(_key, node) {
      if (isScalar(node) && typeof node.value === 'string' && node.value.includes(OPEN)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Puts each marked block (its line, and all that are deeper) between `if` and `end`. */
function markedBlocks(text: string, conditions: readonly Condition[]): string {
  const lines: string[] = [];
  const open: number[] = [];
  const closeTo = (indent: number) => {
    while (open.length > 0 && indent <= (open.at(-1) ?? 0)) {
      open.pop();
      lines.push(`${OPEN}- end ${CLOSE}`);
    }
  };
  for (const line of text.trimEnd().split('\n')) {
    const indent = line.search(/\S/);
    closeTo(indent);
    const found = MARK.exec(line);
    if (found) {
      lines.push(`${OPEN}- if ${conditions[Number(found[1])]?.when} ${CLOSE}`);
      open.push(indent);
    }
    lines.push(line.replace(MARK, ''));
  }
  closeTo(0);
  return `${lines.join('\n')}\n`;
}

/** Braces of the objects themselves (an alert's text, a dashboard's legend) are not Helm's. */
function openBraces(text: string): string {
  return text
    .replaceAll(/\{\{|\}\}/g, (braces) => `${OPEN} \`${braces}\` ${CLOSE}`)
    .replaceAll(OPEN, '{{')
    .replaceAll(CLOSE, '}}');
}
