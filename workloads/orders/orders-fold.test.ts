import { describe, expect, it } from 'vitest';
import { Unfoldable } from '#platform/fold/outcome.ts';
import { newPage, pageOf, pageRow } from '#platform/fold/page.ts';
import { type LogRecord, NO_HEADERS } from '#platform/log/log.ts';
import { DEFAULT_MENU, Menu } from './menu.ts';
import { encodeOrder } from './order.ts';
import { ordersFold } from './orders-fold.ts';
import type { PinnedSettings } from './pin.ts';
import { placeOf } from './tables.ts';
import { NEW_USER, type UserState } from './tally.ts';

const settings: PinnedSettings = { menu: new Menu(DEFAULT_MENU), layout: { shards: 4, buckets: 16 }, timeZone: 'Asia/Tokyo' };
const fold = ordersFold(settings);
const pin = { countsFrom: new Map([...settings.menu.menuTypes.map((name): [string, number] => [name, 0]), ['takenoko', 100]]) };
const shardOf = (userId: string) => placeOf(userId, settings.layout).shard;

function record(value: string | Buffer | null, offset = 7): LogRecord {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return { partition: 0, offset, key: null, value: bytes, timestamp_ms: 0, headers: NO_HEADERS };
}

function orderOf(userId: string, menuType = 'washoku', timestamp = '2026-01-01T15:00:00Z'): string {
  return encodeOrder({ orderId: null, userId, ts_ms: Date.parse(timestamp), menuType });
}

describe('read', () => {
  it('reads an order and the day that it counts for', () => {
    for (const userId of ['u1', '__proto__', "'; DROP TABLE raw_orders; --", '🍱'.repeat(8), 'tab\tand\0nul']) {
      const read = fold.read(record(orderOf(userId)), shardOf(userId), pin);
      expect(read).toMatchObject({ ok: true, key: userId, periods: ['2026-01-02'], event: { day: '2026-01-02', order: { userId } } });
    }
  });

  it('rejects what it cannot read, with the reason', () => {
    const shard = shardOf('u1');
    const reason = (value: string | Buffer | null, where = shard, offset = 7) => {
      const read = fold.read(record(value, offset), where, pin);
      return read.ok ? 'read' : read.reason;
    };
    expect(reason(null)).toMatch(/order/);
    expect(reason(Buffer.from([0xff, 0xfe]))).toMatch(/order/);
    expect(reason('[1, 2')).toMatch(/order/);
    expect(reason('{"user_id":"u1"}')).toMatch(/timestamp.*menu_type/);
    expect(reason(orderOf('u1', 'pizza'))).toMatch(/pizza is not on the menu/);
    expect(reason(orderOf('u1', '__proto__'))).toMatch(/not on the menu/);
    expect(reason(orderOf('u1'), (shard + 1) % 4)).toMatch(new RegExp(`belong in partition ${shard}`));
    expect(reason(orderOf('u1', 'takenoko'), shard, 99)).toMatch(/counts from offset 100/);
    expect(reason(orderOf('u1', 'takenoko'), shard, 100)).toBe('read');
  });

  it('rejects ids that are not in the pinned form, under which nobody could ask for them', () => {
    const composed = 'caf\u00e9';
    const decomposed = 'cafe\u0301';
    const inForm = ordersFold({ ...settings, normalizeIds: 'NFC' });
    const order = (userId: string, orderId: string | null) => record(encodeOrder({ orderId, userId, ts_ms: 5, menuType: 'washoku' }));
    const reason = (userId: string, orderId: string | null, under = inForm) => {
      const read = under.read(order(userId, orderId), shardOf(userId), pin);
      return read.ok ? 'read' : read.reason;
    };
    expect(reason(composed, null)).toBe('read');
    expect(reason(composed, composed)).toBe('read');
    expect(reason(decomposed, null)).toMatch(/^user_id is not in the form NFC.*KAISEKI_NORMALIZE_IDS=NFC/);
    expect(reason(composed, decomposed)).toMatch(/^order_id is not in the form NFC.*KAISEKI_NORMALIZE_IDS=NFC/);
    expect(reason(decomposed, decomposed, fold)).toBe('read');
  });

  it('says the same of a record whenever it is read', () => {
    const far = record(orderOf('u1', 'washoku', '2999-12-31T00:00:00Z'));
    expect(fold.read(far, shardOf('u1'), pin)).toMatchObject({ ok: true, periods: ['2999-12-31'] });
  });
});

describe('rows', () => {
  const order = { orderId: 'o', userId: 'u1', ts_ms: 5, menuType: 'washoku' };
  const state: UserState = { ...NEW_USER, segments: new Map([['cuisine', 'yoshoku']]) };

  it('carry the offset of their order, and one row tells which chunk holds the day', () => {
    const events = [3, 4].map((offset) => ({ offset, key: 'u1', event: { order, day: '1970-01-01' } }));
    const rows = fold.eventRows?.(events, 1, 7).map(({ table, version }) => `${table.name}@${version}`);
    expect(rows?.toSorted()).toEqual(['day_chunks@4', 'order_log@3']);
  });

  it('are a page of the user’s orders as soon as they fill one, and what tells them from others', () => {
    let user = NEW_USER;
    const pages = Array.from({ length: 40 }, (_, index) => {
      const event = { order: { ...order, orderId: `o${index}` }, day: '1970-01-01' };
      const folded = fold.fold(user, event, {
        key: 'u1',
        shard: 1,
        offset: index * 10_000,
        time_ms: 0,
        cause: undefined,
        delay: undefined,
      });
      if (folded.outcome === 'repeated') throw new Error('each has an id of its own');
      user = folded.state;
      return folded.rows ?? [];
    });
    expect(pages.slice(0, -1).flat()).toEqual([]);
    const bucket = placeOf('u1', settings.layout).bucket;
    expect(pages.at(-1)).toMatchObject([
      { kind: 'put', table: { name: 'raw_orders' }, version: 70_000, row: { bucket, user_id: 'u1', offset: 70_000 } },
      { kind: 'put', table: { name: 'past_orders' }, version: 390_000, row: { bucket, user_id: 'u1', offset: 390_000 } },
    ]);
  });

  it('write every touched segment as it stands, at the lsn', () => {
    const rows = fold.memberRows?.('u1', state, new Set(['washoku', 'yoshoku']), { shard: 2, lsn: 9 });
    expect(rows).toEqual([
      {
        kind: 'delete',
        table: expect.objectContaining({ name: 'segment_members' }),
        key: { segment: 'washoku', shard: 2, user_id: 'u1' },
        version: 9,
      },
      {
        kind: 'put',
        table: expect.objectContaining({ name: 'segment_members' }),
        row: { segment: 'yoshoku', shard: 2, user_id: 'u1' },
        version: 9,
      },
    ]);
  });

  it('write the user whole, at the lsn', () => {
    const page = '{"lsn":9,"state":{"counts":{},"segments":{"cuisine":"yoshoku"},"recent":[]}}';
    expect(pageRow(fold, 'u1', { ...newPage(fold), lsn: 9, state })).toMatchObject({
      kind: 'put',
      version: 9,
      row: { user_id: 'u1', page },
    });
  });
});

it('says which user’s row it cannot understand', () => {
  const reading = (page: string) => () => pageOf(fold, 'u1', page);
  expect(reading('[')).toThrow(Unfoldable);
  expect(reading('[')).toThrow('the row of "u1" in user_counts: SyntaxError');
  expect(reading('{"lsn":1,"state":{"counts":{},"segments":{}}}')).toThrow('the row of "u1" in user_counts: TypeError');
});
