import { expect, it } from 'vitest';
import { z } from 'zod';
import { queryParameters, wholeNumberParameter } from './parameters.ts';

it('a whole number is written in decimal digits', () => {
  const parameter = wholeNumberParameter(1, 1_000);
  expect([parameter.parse('1'), parameter.parse('1000'), parameter.parse('0007')]).toEqual([1, 1_000, 7]);
  for (const written of ['0x10', '0b1', '1e2', ' 5', '5 ', '+5', '-5', '5.0', '', '0', '1001', '9'.repeat(400), '٥', ['1', '2']]) {
    expect(parameter.safeParse(written).error?.issues.map(({ message }) => message)).toEqual(['must be a whole number from 1 to 1000']);
  }
  expect(z.toJSONSchema(parameter, { io: 'output' })).toMatchObject({ type: 'integer', minimum: 1, maximum: 1_000 });
});

it('of a query are texts, and lists where a name is there several times', () => {
  expect(queryParameters('a=1&b=%E5%92%8C+x&c&a=2&a=')).toEqual({ a: ['1', '2', ''], b: '和 x', c: '' });
  expect(Object.entries(queryParameters('__proto__=x'))).toEqual([['__proto__', 'x']]);
  expect(queryParameters('')).toEqual({});
  expect(Object.keys(queryParameters(Array.from({ length: 100 }, (_, index) => `p${index}=`).join('&')))).toHaveLength(100);
  for (const one of ['a=&', 'a&']) expect(() => queryParameters(one.repeat(101))).toThrow('more than 100 parameters');
});
