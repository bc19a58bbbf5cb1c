import { expect, it } from 'vitest';
import { csvField, withoutFormula } from './csv.ts';

it('quotes what could be taken for syntax', () => {
  expect(['u1', 'a,b', 'say "hi"', 'a\r\nb', ' '].map(csvField)).toEqual(['u1', '"a,b"', '"say ""hi"""', '"a\r\nb"', ' ']);
  expect(['a;=1+1', 'a\t=1+1'].map(csvField)).toEqual(['"a;=1+1"', '"a\t=1+1"']);
});

it('lets no text be a formula', () => {
  for (const text of ['=1+1', '+81901234', '-2', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠1']) {
    expect(withoutFormula(text)).toBe(`'${text}`);
  }
  for (const text of ['u1', 'a=1', "'=1", ' =1', '1-1', '']) expect(withoutFormula(text)).toBe(text);
});
