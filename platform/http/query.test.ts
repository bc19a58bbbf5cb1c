import { expect, it } from 'vitest';
import { QUERY_PARAMETERS_MAX, queryParameters } from './query.ts';

it('is read by name, in the order in which the texts stand there', () => {
  expect(queryParameters('')).toEqual({});
  expect(queryParameters('a=1&b=x+y%26&a=2&c&%E3%81%8D=%F0%9F%8D%84')).toEqual({ a: ['1', '2'], b: 'x y&', c: '', き: '🍄' });
  expect(Object.entries(queryParameters('__proto__=1'))).toEqual([['__proto__', '1']]);
});

it('is refused where it is no UTF-8, and where it has too many parameters', () => {
  for (const wrong of ['id=%ff', 'id=%', '%c3=1', 'a=1&b=%zz'])
    expect(() => queryParameters(wrong), wrong).toThrow('not percent-encoded UTF-8');
  const many = (count: number) => Array.from({ length: count }, () => 'a').join('&');
  expect(queryParameters(many(QUERY_PARAMETERS_MAX))).toEqual({ a: Array.from({ length: QUERY_PARAMETERS_MAX }, () => '') });
  expect(() => queryParameters(many(QUERY_PARAMETERS_MAX + 1))).toThrow('50 parameters at the most');
});
