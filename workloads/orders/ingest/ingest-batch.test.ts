import { expect, it } from 'vitest';
import { DEFAULT_MENU, Menu } from '../menu.ts';
import { NDJSON, readBatch } from './ingest-batch.ts';

const RULES = { menu: new Menu(DEFAULT_MENU) };
const BYTES = 5 * 1024 * 1024;
const unowned = (input: unknown) => input;

/** Reads a body, and how often something else had a turn meanwhile. */
async function read(type: string, text: string) {
  let turns = 0;
  let isRead = false;
  const others = () => {
    turns++;
    if (!isRead) setImmediate(others);
  };
  setImmediate(others);
  try {
    return { batch: await readBatch({ type, text }, RULES, 0, unowned), turns: () => turns };
  } finally {
    isRead = true;
  }
}

it('a body full of blank lines, or of long ones, keeps nobody waiting', async () => {
  const blank = await read(NDJSON, '\n'.repeat(BYTES));
  expect(blank.batch.total).toBe(0);
  expect(blank.turns()).toBeGreaterThanOrEqual(BYTES / 1_000 - 1);
  const line = `{"note":"${'x'.repeat(64 * 1024)}"}\n`;
  const long = await read(NDJSON, line.repeat(64));
  expect(long.batch.invalid).toHaveLength(64);
  expect(long.turns()).toBeGreaterThanOrEqual(15);
});

it('what is too deep or too much is not parsed: a list as a whole, of lines only that one', async () => {
  for (const text of ['['.repeat(BYTES), '{"a":'.repeat(BYTES / 5), `[${'{},'.repeat(BYTES / 3 - 1)}{}]`]) {
    await expect(readBatch({ type: 'application/json', text }, RULES, 0, unowned)).rejects.toMatchObject({ status: 413 });
  }
  const order = '{"user_id":"u1","timestamp":"1970-01-01T00:00:00Z","menu_type":"washoku"}';
  const { batch } = await read(NDJSON, `${order}\n${'['.repeat(1_000)}\n${order}`);
  expect(batch).toMatchObject({ total: 3, places: [0, 2], invalid: [{ index: 1, problems: [{ field: 'order' }] }] });
});
