/** The tables of the contract: every column type, every shape of key, both directions. */
import { defineTable, type Row, type TableDefinition } from '../tables.ts';

/** Every type of column, nullable ones too. */
export const contractValues = defineTable({
  name: 'contract_values',
  columns: {
    bucket: 'int',
    name: 'text',
    note: 'text',
    note_maybe: 'text?',
    small: 'int',
    small_maybe: 'int?',
    big: 'bigint',
    big_maybe: 'bigint?',
    at: 'timestamp',
    at_maybe: 'timestamp?',
    day: 'date',
    day_maybe: 'date?',
    words: 'map<text,text>',
    counts: 'map<text,bigint>',
    recent: 'list<text>',
  },
  partitionKey: ['bucket'],
  clusteringKey: ['name'],
});

/** Nothing but columns that may be null beside the key. */
export const contractNotes = defineTable({
  name: 'contract_notes',
  columns: { bucket: 'int', name: 'text', note: 'text?', number: 'bigint?' },
  partitionKey: ['bucket'],
  clusteringKey: ['name'],
});

/** Three clustering columns in mixed directions. */
export const contractPages = defineTable({
  name: 'contract_pages',
  columns: { bucket: 'int', name: 'text', at: 'timestamp', number: 'bigint', note: 'text' },
  partitionKey: ['bucket'],
  clusteringKey: ['name', 'at', 'number'],
  descending: ['at'],
});

/** A text that runs from high to low. */
export const contractNewest = defineTable({
  name: 'contract_newest',
  columns: { topic: 'text', title: 'text', number: 'int' },
  partitionKey: ['topic'],
  clusteringKey: ['title', 'number'],
  descending: ['title'],
});

/** A row that is nothing but its key. */
export const contractMembers = defineTable({
  name: 'contract_members',
  columns: { segment: 'text', shard: 'int', user_id: 'text' },
  partitionKey: ['segment', 'shard'],
  clusteringKey: ['user_id'],
});

/** Days in both parts of the key. */
export const contractDays = defineTable({
  name: 'contract_days',
  columns: { day: 'date', shard: 'int', due: 'date', total: 'bigint' },
  partitionKey: ['day', 'shard'],
  clusteringKey: ['due'],
});

/** A partition for each row. */
export const contractSingles = defineTable({
  name: 'contract_singles',
  columns: { bucket: 'int', name: 'text', note: 'text', note_maybe: 'text?' },
  partitionKey: ['bucket', 'name'],
  clusteringKey: [],
});

export const contractTables: readonly TableDefinition[] = [
  contractValues,
  contractNotes,
  contractPages,
  contractNewest,
  contractMembers,
  contractDays,
  contractSingles,
];

/** A row of `contractValues` with plain values, but for those given. */
export function valuesRow(given: Partial<Row<typeof contractValues>> & { bucket: number; name: string }): Row<typeof contractValues> {
  return {
    note: '',
    note_maybe: null,
    small: 0,
    small_maybe: null,
    big: 0,
    big_maybe: null,
    at: 0,
    at_maybe: null,
    day: '2026-01-01',
    day_maybe: null,
    words: new Map(),
    counts: new Map(),
    recent: [],
    ...given,
  };
}

/** Texts that have broken stores before. Each must come back as it was, as key and as value. */
export const ODD_TEXTS: readonly string[] = [
  '__proto__',
  'constructor',
  'hasOwnProperty',
  "'; DROP TABLE users; --",
  '"double" `back` \\ \\u0000 $1 ? :name %s {{x}}',
  "it''s",
  'null',
  ' leading and trailing ',
  'line\nbreak\r\n\ttab',
  'zero\u0000inside',
  '\u0000',
  '\u0001\u001b[31m\u007f\u0085\u2028',
  '懐石・解析',
  'e\u0301 é',
  '👩‍👩‍👧‍👦 𠮷野家 😀',
  '\uffff\u{10ffff}',
  '\ufeffbyte order mark',
  '-1',
  '😀'.repeat(32),
  'あ'.repeat(42),
  'x'.repeat(128),
];

let lastBucket = 0;

/** A partition that no other test writes to. */
export function freshBucket(): number {
  lastBucket += 1;
  return lastBucket;
}

/** The order of texts in every table: by their UTF-8 bytes, which is not JavaScript's own order. */
export function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
