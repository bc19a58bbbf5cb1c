/**
 * Rows that an event needs beside the page of its key: rows that the key's own earlier events have completed (`Effects.rows`). They are
 * read before the event is folded. Two traps are the engine's: in a redo the table is ahead of the event, so only rows of earlier
 * offsets count; and the rows of the batch in hand are not in the table yet.
 */
import type { Columns, Mutation, PartitionKey, Row, TableDefinition, Tables } from '#platform/tables/tables.ts';

/** A table of such rows: `offset` is that of the event which completed the row. */
export type LookupTable = TableDefinition<Columns & { readonly offset: 'bigint' }>;

export interface Lookup<Event, State, Found> {
  readonly table: LookupTable;
  /**
   * The rows to read, as parts of partitions; none where the page says enough. Pure. Rows that stood below a page and in none of the
   * ranges that it names for an event say nothing of that event, whatever later events make of the page.
   */
  within(state: State, event: Event): readonly LookupRange[];
  /** What `fold` gets for a range without rows. */
  empty(): Found;
  /** Adds a row of a range, in the order of the offsets. */
  add(found: Found, row: Row<LookupTable>): void;
}

export type LookupRange = PartitionKey<LookupTable> & Partial<Row<LookupTable>>;

/** Rows of one page of an answer. */
const PAGE_ROWS = 500;
/** Ranges read at the same time. */
const READS_AT_ONCE = 32;

interface Range<Found> {
  /** By ascending offset; those before `next` are in `found`. */
  readonly rows: Row<LookupTable>[];
  next: number;
  readonly found: Found;
}

/** The lookups of one batch. */
export class BatchLookups<Event, State, Found> {
  readonly #tables: Pick<Tables, 'page'>;
  readonly #lookup: Lookup<Event, State, Found>;
  /** By the text of the range. */
  readonly #ranges = new Map<string, Range<Found>>();
  /** The rows of the batch. */
  readonly #completed: Row<LookupTable>[] = [];
  /** The lists of columns that ranges name, most likely one; for each, the rows of the batch by the text of the range that they are in. */
  readonly #byColumns = new Map<string, { readonly columns: readonly string[]; readonly rows: Map<string, Row<LookupTable>[]> }>();
  #reads = 0;

  constructor(tables: Pick<Tables, 'page'>, lookup: Lookup<Event, State, Found>) {
    this.#tables = tables;
    this.#lookup = lookup;
  }

  /** How many ranges were read from the table. */
  get reads(): number {
    return this.#reads;
  }

  /** Reads what events ask for, each with its page as it is before the batch; several ranges at once. */
  async read(asked: Iterable<{ readonly state: State; readonly event: Event }>): Promise<void> {
    const open = new Map<string, LookupRange>();
    for (const { state, event } of asked) for (const range of this.#lookup.within(state, event)) open.set(rangeText(range), range);
    const ranges = [...open];
    for (let first = 0; first < ranges.length; first += READS_AT_ONCE)
      await Promise.all(ranges.slice(first, first + READS_AT_ONCE).map(([text, range]) => this.#read(text, range)));
  }

  /**
   * What an event at `offset` finds in each of its ranges; undefined where it has none. Events come in the order of the log. A range for
   * which the page did not ask before the batch is not read: only rows of the batch can matter.
   */
  find(state: State, event: Event, offset: number): readonly Found[] | undefined {
    const ranges = this.#lookup.within(state, event);
    if (ranges.length === 0) return undefined;
    return ranges.map((range) => {
      const text = rangeText(range);
      const known = this.#ranges.get(text) ?? this.#open(text, range, []);
      for (let row = known.rows[known.next]; row && row.offset < offset; row = known.rows[known.next]) {
        this.#lookup.add(known.found, row);
        known.next++;
      }
      return known.found;
    });
  }

  /** Rows that an event of the batch completed: later events of the batch find them. */
  complete(mutations: readonly Mutation[]): void {
    for (const mutation of mutations) {
      if (mutation.kind !== 'put' || mutation.table.name !== this.#lookup.table.name) continue;
      const row = mutation.row as Row<LookupTable>;
      this.#completed.push(row);
      for (const { columns, rows } of this.#byColumns.values()) {
        const known = this.#ranges.get(index(rows, columns, row));
        if (known) insert(known.rows, row);
      }
    }
  }

  async #read(text: string, range: LookupRange): Promise<void> {
    const rows: Row<LookupTable>[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#tables.page(this.#lookup.table, {
        within: range,
        limit: PAGE_ROWS,
        ...(cursor === undefined ? {} : { cursor }),
      });
      rows.push(...page.rows);
      cursor = page.cursor;
    } while (cursor !== undefined);
    this.#reads++;
    this.#open(
      text,
      range,
      rows.sort((one, other) => one.offset - other.offset),
    );
  }

  #open(text: string, range: LookupRange, rows: Row<LookupTable>[]): Range<Found> {
    for (const row of this.#completedWithin(text, range)) insert(rows, row);
    const opened = { rows, next: 0, found: this.#lookup.empty() };
    this.#ranges.set(text, opened);
    return opened;
  }

  #completedWithin(text: string, range: LookupRange): readonly Row<LookupTable>[] {
    const columns = Object.keys(range);
    let byColumns = this.#byColumns.get(columns.join());
    if (!byColumns) {
      byColumns = { columns, rows: new Map() };
      this.#byColumns.set(columns.join(), byColumns);
      for (const row of this.#completed) index(byColumns.rows, columns, row);
    }
    return byColumns.rows.get(text) ?? [];
  }
}

/** Puts a row under the range of these columns that it is in. Returns the range's text. */
function index(rows: Map<string, Row<LookupTable>[]>, columns: readonly string[], row: Row<LookupTable>): string {
  const text = JSON.stringify(columns.map((column) => [column, row[column]]));
  const known = rows.get(text);
  if (known) known.push(row);
  else rows.set(text, [row]);
  return text;
}

/** Puts a row into its place by offset; one that a redo completes again is there already. */
function insert(rows: Row<LookupTable>[], row: Row<LookupTable>): void {
  const at = rows.findLastIndex(({ offset }) => offset < row.offset) + 1;
  rows.splice(at, rows[at]?.offset === row.offset ? 1 : 0, row);
}

function rangeText(range: LookupRange): string {
  return JSON.stringify(Object.entries(range));
}
