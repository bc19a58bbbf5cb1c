import { expect, it } from 'vitest';
import { recordJson } from './record-json.ts';

it('reads JSON, and nothing from anything else', () => {
  expect(recordJson(Buffer.from('{"user_id":"u1"}'))).toEqual({ user_id: 'u1' });
  expect(recordJson(Buffer.from('null'))).toBeNull();
  for (const value of [null, Buffer.alloc(0), Buffer.from('{"user_id":'), Buffer.of(0xff, 0xfe)]) expect(recordJson(value)).toBeUndefined();
});
