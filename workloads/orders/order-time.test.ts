import { expect, it } from 'vitest';
import { TIMESTAMP, TIMESTAMP_SENT } from './order-time.ts';

it('the form of a timestamp cannot go back over what is sent: it is anchored, and repeats without a bound at one place only', () => {
  for (const { source, flags } of [TIMESTAMP, TIMESTAMP_SENT]) {
    expect(source).toMatch(/^\^[^|].*\$$/);
    expect(flags).toBe('');
    expect(source.replaceAll(/\\.|\[(?:\\.|[^\]])*\]/g, 'c').match(/[*+]|\{\d+,\}/g)).toHaveLength(1);
  }
});
