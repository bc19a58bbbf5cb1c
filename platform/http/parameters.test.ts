import { expect, it } from 'vitest';
import { z } from 'zod';
import { wholeNumberParameter } from './parameters.ts';

it('a whole number is written in decimal digits', () => {
  const parameter = wholeNumberParameter(1, 1_000);
  expect([parameter.parse('1'), parameter.parse('1000'), parameter.parse('0007')]).toEqual([1, 1_000, 7]);
  for (const written of ['0x10', '0b1', '1e2', ' 5', '5 ', '+5', '-5', '5.0', '', '0', '1001', '9'.repeat(400), '٥', ['1', '2']]) {
    expect(parameter.safeParse(written).error?.issues.map(({ message }) => message)).toEqual(['must be a whole number from 1 to 1000']);
  }
  expect(z.toJSONSchema(parameter, { io: 'output' })).toMatchObject({ type: 'integer', minimum: 1, maximum: 1_000 });
});
