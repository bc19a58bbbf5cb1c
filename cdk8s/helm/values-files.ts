/** values.yaml and values.schema.json, from the declared values. */
import type { Value } from './values.ts';

type Tree = { [key: string]: Tree | Value };

function treeOf(values: readonly Value[]): Tree {
  const root: Tree = {};
  for (const value of values) {
    const keys = value.path.split('.');
    const last = keys.pop() ?? '';
    let branch = root;
    for (const key of keys) {
      const next = branch[key] ?? {};
      branch[key] = next;
      if (isValue(next)) throw new Error(`${value.path} is below ${next.path}, which is a value itself`);
      branch = next;
    }
    if (branch[last] !== undefined) throw new Error(`${value.path} is declared twice`);
    branch[last] = value;
  }
  return root;
}

function isValue(node: Tree | Value): node is Value {
  return typeof node.path === 'string';
}

export function valuesYaml(values: readonly Value[]): string {
  const lines = ['# Written by `npm run charts` from cdk8s/helm/chart-settings.ts.'];
  const write = (tree: Tree, indent: string) => {
    for (const [key, node] of Object.entries(tree)) {
      if (isValue(node)) lines.push(`${indent}# ${node.description}`, `${indent}${key}: ${JSON.stringify(node.standard)}`);
      else {
        lines.push(`${indent}${key}:`);
        write(node, `${indent}  `);
      }
    }
  };
  write(treeOf(values), '');
  return `${lines.join('\n')}\n`;
}

/** A text is put between quotes: it must hold none, and no line break. */
const TEXT = { type: 'string', pattern: '^[^"\\\\\\r\\n]*$' };

export function valuesSchema(values: readonly Value[]): string {
  const schemaOf = (node: Tree | Value): object => {
    if (!isValue(node)) {
      const entries = Object.entries(node);
      return {
        type: 'object',
        additionalProperties: false,
        required: entries.map(([key]) => key),
        properties: Object.fromEntries(entries.map(([key, child]) => [key, schemaOf(child)])),
      };
    }
    const { standard, description } = node;
    if (typeof standard === 'string') return { ...TEXT, description };
    if (typeof standard === 'number') return { type: 'integer', minimum: 0, maximum: 65_535, description };
    return { type: 'boolean', description };
  };
  return `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', ...schemaOf(treeOf(values)) }, null, 2)}\n`;
}
