import { createRequire } from 'node:module';
import type { IHeaders } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { headersOf, measuredHeaders } from './kafka-headers.ts';
import { NO_HEADERS } from './log.ts';

const require = createRequire(import.meta.url);
const Decoder: new (bytes: Buffer) => object = require('kafkajs/src/protocol/decoder');
const decode: (
  decoder: object,
  batch: object,
) => { readonly headers: IHeaders } = require('kafkajs/src/protocol/recordBatch/record/v0/decoder');

const BATCH = { firstOffset: '0', firstTimestamp: '0' };

/** What kafkajs hands for the headers of a record: fields of one byte each, before them no key and no value. */
function handed(...headers: readonly (readonly [string, Buffer | null])[]): IHeaders {
  const zigzag = (value: number) => Buffer.from([value * 2]);
  const none = Buffer.from([1]);
  const fields = headers.flatMap(([name, value]) => {
    const valueFields = value === null ? [none] : [zigzag(value.length), value];
    return [zigzag(Buffer.byteLength(name)), Buffer.from(name), ...valueFields];
  });
  return decode(new Decoder(Buffer.concat([Buffer.from([0, 0, 0]), none, none, zigzag(headers.length), ...fields])), BATCH).headers;
}

describe('the headers of a record that another program wrote', () => {
  it('are text, whatever its bytes', () => {
    expect(headersOf(handed(['懐', Buffer.from('石')], ['bytes', Buffer.from([0x61, 0xff])], ['empty', Buffer.alloc(0)]))).toEqual({
      懐: '石',
      bytes: 'a\ufffd',
      empty: '',
    });
  });

  it('hold the last of those with one name, and an empty value where there is none', () => {
    const [first, last] = [Buffer.from('first'), Buffer.from('last')];
    expect(headersOf(handed(['twice', first], ['null', null], ['twice', last]))).toEqual({ twice: 'last', null: '' });
    expect(headersOf(handed(['null', first], ['null', null]))).toEqual({ null: '' });
  });

  it('may have the names that every object knows', () => {
    const read = headersOf(handed(['toString', Buffer.from('t')], ['__proto__', Buffer.from('p')], ['constructor', null]));
    expect(Object.entries(read).sort()).toEqual([
      ['__proto__', 'p'],
      ['constructor', ''],
      ['toString', 't'],
    ]);
  });

  it('are one and the same object where there are none', () => {
    expect(headersOf(handed())).toBe(NO_HEADERS);
    expect(headersOf(undefined)).toBe(NO_HEADERS);
  });
});

it('measures nothing anew for a record without headers', () => {
  expect(measuredHeaders()).toBe(measuredHeaders(NO_HEADERS));
});
