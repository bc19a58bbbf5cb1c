import { describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import type { Tables } from '#platform/tables/tables.ts';
import { portOf, putMembers, runOrders } from '../orders.testing.ts';
import { createSummary } from './summary.ts';

describe('GET /api/segments/{segment}/users', () => {
  it('pages through a list', async () => {
    const running = await runOrders({ create: [createSummary] });
    const users = await putMembers(running, 'kinoko', 105);
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { json } = await running.get(`/api/segments/kinoko/users?limit=50${cursor}`);
      const page = json as { users: string[]; next_cursor?: string };
      seen.push(...page.users);
      if (page.next_cursor === undefined) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(seen).toHaveLength(105);
    expect(seen.sort()).toEqual(users.sort());
  });

  it('finds those whose id begins with a text, in every shard', async () => {
    const running = await runOrders({ create: [createSummary] });
    await putMembers(running, 'kinoko', 24, (index) => `懐石-${index}`);
    await putMembers(running, 'kinoko', 500, (index) => `other-${index}`);
    const found = async (prefix: string) => {
      const { json } = await running.get(`/api/segments/kinoko/users?limit=1000&prefix=${encodeURIComponent(prefix)}`);
      return (json as { users: string[] }).users.sort();
    };
    expect(await found('懐石-2')).toEqual(['懐石-2', '懐石-20', '懐石-21', '懐石-22', '懐石-23']);
    expect(await found('懐')).toHaveLength(24);
    expect(await found('%')).toEqual([]);
    expect(await found('')).toHaveLength(524);
  });

  it('answers 404 for a segment that is not on the menu', async () => {
    const running = await runOrders({ create: [createSummary] });
    for (const segment of ['pizza', '__proto__', 'cuisine', encodeURIComponent('a/b')]) {
      expect((await running.get(`/api/segments/${segment}/users`)).status, segment).toBe(404);
    }
  });

  it('refuses the cursor of another list', async () => {
    const running = await runOrders({ create: [createSummary] });
    await putMembers(running, 'kinoko', 20);
    const { json } = await running.get('/api/segments/kinoko/users?limit=3');
    const { next_cursor } = json as { next_cursor: string };
    expect((await running.get(`/api/segments/takenoko/users?cursor=${next_cursor}`)).status).toBe(422);
    const forged = Buffer.from(JSON.stringify(['kinoko', [{ shard: 0, cursor: 'forged' }]])).toString('base64url');
    expect((await running.get(`/api/segments/kinoko/users?cursor=${forged}`)).status).toBe(422);
  });
});

describe('the list of a segment as CSV', () => {
  it('is whole, quoted where it must be, and otherwise unchanged', async () => {
    const running = await runOrders({ create: [createSummary] });
    const ids = ['plain', 'comma,', 'quote"d', 'two\nlines', '=1+1', '🍣', '__proto__'];
    await putMembers(running, 'washoku', ids.length, (index) => ids[index] as string);
    const { text, headers } = await running.get('/api/segments/washoku/users?format=csv');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(headers.get('content-disposition')).toBe('attachment; filename="washoku.csv"');
    expect(text.slice(0, 9)).toBe('user_id\r\n');
    expect(text.slice(9).split('\r\n').sort()).toEqual(
      ['', 'plain', '"comma,"', '"quote""d"', '"two\nlines"', '=1+1', '🍣', '__proto__'].sort(),
    );
    expect((await running.get('/api/segments/washoku/users', { accept: 'text/csv' })).text).toBe(text);
    expect((await running.get('/api/segments/washoku/users', { accept: '*/*' })).headers.get('content-type')).toBe('application/json');
    expect((await running.get('/api/segments/washoku/users?format=csv&prefix=p')).text).toBe('user_id\r\nplain\r\n');
    expect((await running.get('/api/segments/yoshoku/users?format=csv')).text).toBe('user_id\r\n');
    expect((await running.get('/api/segments/pizza/users?format=csv')).status).toBe(404);
  });

  it('opens in a spreadsheet as text in UTF-8, where it is asked for so', async () => {
    const running = await runOrders({ create: [createSummary] });
    const ids = ['=1+1', '＝1+1', '+8190', 'plain', '=a,b'];
    await putMembers(running, 'washoku', ids.length, (index) => ids[index] as string);
    const csv = async (query: string) =>
      Buffer.from(await (await fetch(`${running.url}/api/segments/washoku/users?format=csv${query}`)).arrayBuffer());
    const bom = await csv('&bom=true');
    expect(bom.subarray(0, 10)).toEqual(Buffer.from('\uFEFFuser_id'));
    expect(bom.toString().slice(1)).toBe((await csv('&bom=false')).toString());
    const lines = (await csv('&escape_formulas=true')).toString().split('\r\n');
    expect(lines.sort()).toEqual(['', 'user_id', "'=1+1", "'＝1+1", "'+8190", 'plain', '"\'=a,b"'].sort());
    expect((await running.get('/api/segments/washoku/users?format=csv&bom=1')).status).toBe(422);
  });

  it('is read no faster than the client takes it, and no further than it wants', async () => {
    let pages = 0;
    const counting = (tables: Tables): Tables => ({
      ...portOf(tables),
      page(table, request) {
        pages++;
        return tables.page(table, request);
      },
    });
    const running = await runOrders({ create: [createSummary], tables: counting });
    await putMembers(running, 'washoku', 40_000, (index) => `${index}-${'x'.repeat(1_000)}`);
    const gone = new AbortController();
    const response = await fetch(`${running.url}/api/segments/washoku/users?format=csv`, {
      signal: gone.signal,
      // Compressed, all of it would fit into them.
      headers: { 'accept-encoding': 'identity' },
    });
    await response.body?.getReader().read();
    await atRest(() => pages);
    gone.abort();
    // All would be 40 pages and more; what was read beyond the first lies in the buffers of two sockets.
    expect(await atRest(() => pages)).toBeLessThan(30);
  });
});

/** A count, once it has stopped to grow. */
async function atRest(count: () => number): Promise<number> {
  for (let before = -1; ; ) {
    const now = count();
    if (now === before) return now;
    before = now;
    await systemClock.sleep(200);
  }
}
