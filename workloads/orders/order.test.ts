import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MENU, Menu } from './menu.ts';
import { acceptOrder, encodeOrder, type Order, type OrderRules, parseOrder } from './order.ts';

const menu = new Menu(DEFAULT_MENU);
const rules: OrderRules = { menu };
const now_ms = Date.parse('2025-06-01T00:00:00Z');
const sent = { user_id: 'u1', timestamp: '2025-05-30T12:00:00Z', menu_type: 'washoku' };

const accept = (changes: Record<string, unknown>) => acceptOrder({ ...sent, ...changes }, rules, now_ms);
/** The fields that an order is refused for. */
const refusedFor = (changes: Record<string, unknown>) => {
  const accepted = accept(changes);
  return accepted.ok ? [] : accepted.problems.map(({ field }) => field);
};

describe('an order', () => {
  it('is read as it was sent', () => {
    expect(accept({})).toEqual({
      ok: true,
      order: { orderId: null, userId: 'u1', ts_ms: Date.parse('2025-05-30T12:00:00Z'), menuType: 'washoku' },
    });
    expect(accept({ order_id: 'o-1' })).toMatchObject({ order: { orderId: 'o-1' } });
    expect(accept({ order_id: null })).toMatchObject({ order: { orderId: null } });
  });

  it('may have members that nobody knows', () => {
    expect(accept({ table: 7, __proto__: { x: 1 } }).ok).toBe(true);
  });

  it('is refused where a member is nearly a field that is missing, but may be in the log', () => {
    const named = (name: string) => ({ ...sent, [name]: 'o-1' });
    for (const name of [
      'orderId',
      'OrderID',
      'order-id',
      'order id',
      'ORDER_ID',
      'orderid',
      'oder_id',
      'order_ids',
      'ordre_id',
      'orer_id',
    ]) {
      expect(acceptOrder(named(name), rules, now_ms), name).toEqual({
        ok: false,
        problems: [{ field: name, problem: 'is not a field of an order; did you mean order_id?' }],
      });
      expect(parseOrder(named(name)), name).toMatchObject({ ok: true, order: { orderId: null } });
      expect(accept({ [name]: 'o-1', order_id: 'o-2' }), name).toMatchObject({ ok: true, order: { orderId: 'o-2' } });
    }
    expect(refusedFor({ orderId: 'o-1', order_id: null })).toEqual(['orderId']);
    // Of many ways to misspell one field the first is told, and nobody looks at a hundred thousand members.
    expect(refusedFor({ orderId: 'o-1', OrderId: 'o-2', 'order-id': 'o-3' })).toEqual(['orderId']);
    expect(refusedFor(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`o-r-d-e-r-${index}`, 1])))).toEqual(['order']);
    for (const name of [
      'id',
      'order',
      'order_no',
      'order_at',
      'order_by',
      'user_ip',
      'user',
      'menu',
      'time',
      'x'.repeat(60_000),
      '',
      '🍣',
    ]) {
      expect(accept({ [name]: 'o-1' }), name).toMatchObject({ ok: true });
    }
    const { user_id, ...others } = sent;
    expect(acceptOrder({ ...others, userId: user_id }, rules, now_ms)).toEqual({
      ok: false,
      problems: [
        { field: 'user_id', problem: 'is missing' },
        { field: 'userId', problem: 'is not a field of an order; did you mean user_id?' },
      ],
    });
  });

  it('is refused in plain words', () => {
    const problems = (changes: Record<string, unknown>) => {
      const accepted = accept(changes);
      return accepted.ok ? [] : accepted.problems.map(({ problem }) => problem);
    };
    expect(problems({ user_id: 7 })).toEqual(['must be text']);
    expect(problems({ menu_type: 'a'.repeat(65) })).toEqual(['must have 64 characters at most']);
    expect(acceptOrder([], rules, now_ms)).toEqual({ ok: false, problems: [{ field: 'order', problem: 'must be an object' }] });
  });

  it('must be an object', () => {
    for (const input of [null, undefined, 'order', 7, [], [sent], true]) {
      expect(parseOrder(input)).toMatchObject({
        ok: false,
        problems: expect.arrayContaining([expect.objectContaining({ problem: expect.any(String) })]),
      });
    }
  });

  it('tells every field that is wrong', () => {
    expect(acceptOrder({}, rules, now_ms)).toMatchObject({
      problems: ['user_id', 'timestamp', 'menu_type'].map((field) => ({ field, problem: 'is missing' })),
    });
    expect(refusedFor({ user_id: 7, menu_type: 'pizza', timestamp: 'yesterday' })).toEqual(['user_id', 'timestamp', 'menu_type']);
    expect(refusedFor({ menu_type: 'pizza', timestamp: '2026-01-01T00:00:00Z' })).toEqual(['menu_type', 'timestamp']);
  });
});

describe('an id', () => {
  it('has 1 to 128 bytes of UTF-8', () => {
    expect(refusedFor({ user_id: '' })).toEqual(['user_id']);
    expect(refusedFor({ user_id: 'a'.repeat(128) })).toEqual([]);
    expect(refusedFor({ user_id: 'a'.repeat(129) })).toEqual(['user_id']);
    expect(refusedFor({ user_id: '🍣'.repeat(32) })).toEqual([]);
    expect(refusedFor({ user_id: `${'🍣'.repeat(32)}a` })).toEqual(['user_id']);
    expect(refusedFor({ order_id: '' })).toEqual(['order_id']);
    expect(refusedFor({ order_id: '和'.repeat(43) })).toEqual(['order_id']);
  });

  it('may be any well-formed text', () => {
    for (const id of [
      '__proto__',
      'constructor',
      '\u0000\u001f\u007f\u0085',
      "'; DROP TABLE users; --",
      '🍣👨‍👩‍👧',
      ' ',
      '../..',
      '\u2028',
    ]) {
      expect(accept({ user_id: id, order_id: id })).toMatchObject({ ok: true, order: { userId: id, orderId: id } });
    }
    expect(refusedFor({ user_id: 'a\ud83c' })).toEqual(['user_id']);
    expect(refusedFor({ order_id: '\udf63' })).toEqual(['order_id']);
  });
});

describe('an id in a Unicode form', () => {
  const decomposed = 'Ren\u0065\u0301';
  const composed = 'Ren\u00e9';
  const acceptIn = (normalizeIds: OrderRules['normalizeIds'], user_id: string, order_id: string) =>
    acceptOrder({ ...sent, user_id, order_id }, { menu, normalizeIds }, now_ms);

  it('is one, however it was written; without a form it stays as it was sent', () => {
    for (const id of [decomposed, composed]) {
      expect(acceptIn('NFC', id, id)).toMatchObject({ ok: true, order: { userId: composed, orderId: composed } });
      expect(acceptIn(undefined, id, id)).toMatchObject({ ok: true, order: { userId: id, orderId: id } });
    }
    expect(acceptOrder(sent, { menu, normalizeIds: 'NFC' }, now_ms)).toMatchObject({ ok: true, order: { orderId: null } });
  });

  it('has at most 128 bytes of UTF-8, in that form too', () => {
    // 3 bytes each as they are written, 6 each in NFC.
    expect(acceptIn('NFC', '\u0958'.repeat(42), 'o')).toMatchObject({ ok: false, problems: [{ field: 'user_id' }] });
    expect(acceptIn(undefined, '\u0958'.repeat(42), 'o').ok).toBe(true);
    expect(acceptIn('NFC', 'u', '\u0958'.repeat(42))).toMatchObject({ ok: false, problems: [{ field: 'order_id' }] });
  });
});

describe('a timestamp', () => {
  it('is RFC 3339', () => {
    for (const timestamp of [
      '2025-05-30T12:00:00Z',
      '2025-05-30T21:00:00+09:00',
      '2025-05-30T12:00:00.000Z',
      '2025-05-30T12:00:00.000999999-00:00',
      '2025-05-30t12:00:00z',
      '2025-05-30t21:00:00.000+09:00',
    ]) {
      expect(accept({ timestamp }), timestamp).toMatchObject({ ok: true, order: { ts_ms: Date.parse('2025-05-30T12:00:00Z') } });
    }
    const wrong = [
      '2025-05-30 12:00:00z',
      '2025-05-30t12:00:00',
      '2025-05-30',
      '2025-05-30T12:00Z',
      '2025-05-30T12:00:00',
      '2025-05-30 12:00:00Z',
      '2025-02-29T12:00:00Z',
      '2025-13-01T00:00:00Z',
    ];
    for (const timestamp of [
      ...wrong,
      '2025-05-30T25:00:00Z',
      '2025-05-30T12:00:00+0900',
      'Fri, 30 May 2025 12:00:00 GMT',
      '1748606400000',
      1_748_606_400_000,
      '',
    ]) {
      expect(refusedFor({ timestamp }), String(timestamp)).toEqual(['timestamp']);
    }
  });

  it.each([
    ['the last day of a month', '2025-01-31T12:00:00Z', '2025-01-32T12:00:00Z'],
    ['a short month', '2025-04-30T12:00:00Z', '2025-04-31T12:00:00Z'],
    ['February', '2025-02-28T12:00:00Z', '2025-02-29T12:00:00Z'],
    ['February of a leap year', '2024-02-29T12:00:00Z', '2024-02-30T12:00:00Z'],
    ['leap years that end in 2 or 6', '1996-02-29T12:00:00Z', '1998-02-29T12:00:00Z'],
    ['leap years that begin a decade', '2020-02-29T12:00:00Z', '2010-02-29T12:00:00Z'],
    ['leap years of whole centuries', '2000-02-29T12:00:00Z', '2100-02-29T12:00:00Z'],
    ['the first day', '2025-05-01T12:00:00Z', '2025-05-00T12:00:00Z'],
    ['the first month', '2025-01-01T12:00:00Z', '2025-00-01T12:00:00Z'],
    ['the last hour', '2025-05-30T23:00:00Z', '2025-05-30T24:00:00Z'],
    ['the last minute', '2025-05-30T12:59:00Z', '2025-05-30T12:60:00Z'],
    ['the last second', '2025-05-30T12:00:59Z', '2025-05-30T12:00:60Z'],
    ['a fraction', '2025-05-30T12:00:00.5Z', '2025-05-30T12:00:00.Z'],
    ['the hours of an offset', '2025-05-30T12:00:00+23:59', '2025-05-30T12:00:00+24:00'],
    ['the minutes of an offset', '2025-05-30T12:00:00-00:59', '2025-05-30T12:00:00-00:60'],
    ['lower case of T', '2025-05-30t12:00:00Z', '2025-05-30_12:00:00Z'],
    ['lower case of Z', '2025-05-30T12:00:00z', '2025-05-30T12:00:00y'],
    ['its end', '2025-05-30T12:00:00Z', '2025-05-30T12:00:00Z\n'],
    ['its beginning', '2025-05-30T12:00:00Z', ' 2025-05-30T12:00:00Z'],
  ])('knows %s', (_, timestamp, wrong) => {
    expect(parseOrder({ ...sent, timestamp }).ok).toBe(true);
    expect(parseOrder({ ...sent, timestamp: wrong })).toMatchObject({
      ok: false,
      problems: [{ problem: expect.stringContaining('RFC 3339') }],
    });
  });

  it('may be a leap second, which is the second after it, but not in the log', () => {
    for (const timestamp of [
      '2016-12-31T23:59:60Z',
      '2017-01-01T08:59:60+09:00',
      '2017-01-01T05:29:60.000+05:30',
      '2016-12-31t15:59:60-08:00',
    ]) {
      expect(accept({ timestamp }), timestamp).toMatchObject({ ok: true, order: { ts_ms: Date.parse('2017-01-01T00:00:00Z') } });
      expect(parseOrder({ ...sent, timestamp }), timestamp).toMatchObject({ ok: false, problems: [{ field: 'timestamp' }] });
    }
    expect(accept({ timestamp: '2015-06-30T23:59:60.25Z' })).toMatchObject({ order: { ts_ms: Date.parse('2015-07-01T00:00:00.250Z') } });
    for (const timestamp of ['2016-12-31T12:00:60Z', '2016-12-30T23:59:60Z', '2016-12-31T23:59:60+09:00', '2016-12-31T22:59:60Z']) {
      expect(accept({ timestamp }), timestamp).toEqual({
        ok: false,
        problems: [{ field: 'timestamp', problem: expect.stringContaining('a leap second is the last one of a month in UTC') }],
      });
    }
    expect(refusedFor({ timestamp: '2016-12-31T23:59:61Z' })).toEqual(['timestamp']);
  });

  it('lies between 1970 and a day ahead', () => {
    expect(refusedFor({ timestamp: '1970-01-01T00:00:00Z' })).toEqual([]);
    expect(refusedFor({ timestamp: '1969-12-31T23:59:59.999Z' })).toEqual(['timestamp']);
    expect(refusedFor({ timestamp: '1970-01-01T00:00:00+09:00' })).toEqual(['timestamp']);
    expect(refusedFor({ timestamp: '2025-06-02T00:00:00Z' })).toEqual([]);
    expect(refusedFor({ timestamp: '2025-06-02T00:00:00.001Z' })).toEqual(['timestamp']);
    expect(refusedFor({ timestamp: '9999-12-31T23:59:59Z' })).toEqual(['timestamp']);
  });

  it('has a day of the calendar in every time zone, also as a record in the log', () => {
    for (const timestamp of ['9999-12-31T00:00:00Z', '9999-12-31T23:59:59-12:00'])
      expect(parseOrder({ ...sent, timestamp })).toMatchObject({ ok: false, problems: [{ field: 'timestamp' }] });
  });

  it('does not make a record in the log wrong when it lies ahead', () => {
    expect(parseOrder({ ...sent, timestamp: '9999-12-30T23:59:59Z' }).ok).toBe(true);
  });
});

describe('a menu type', () => {
  it('must be on the menu', () => {
    for (const menuType of ['washoku', 'yoshoku', 'kinoko', 'takenoko']) expect(refusedFor({ menu_type: menuType })).toEqual([]);
    for (const menuType of ['', 'Washoku', 'washoku ', '__proto__', 'constructor', 'cuisine', 'a'.repeat(65), 7, null]) {
      expect(refusedFor({ menu_type: menuType }), String(menuType)).toEqual(['menu_type']);
    }
  });
});

describe('an order in the log', () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
  const order = fc.record({
    orderId: fc.option(text),
    userId: text,
    ts_ms: fc.integer({ min: 0, max: Date.parse('9999-12-30T23:59:59.999Z') }),
    menuType: fc.constantFrom(...menu.menuTypes),
  }) satisfies fc.Arbitrary<Order>;

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(order, (written) => {
        expect(parseOrder(JSON.parse(encodeOrder(written)))).toEqual({ ok: true, order: written });
      }),
    );
  });
});
