/** Values as text: equal values have equal texts, whatever the order of their keys. */
export function textOf(value: unknown): string {
  if (value instanceof Map) return `{${[...value].map(entryText).sort().join(', ')}}`;
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return `(${Object.entries(value).map(entryText).sort().join(', ')})`;
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function entryText([key, value]: [unknown, unknown]): string {
  return `${key}: ${textOf(value)}`;
}
