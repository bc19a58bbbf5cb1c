import { describe, expect, it } from 'vitest';
import { firstLanguage, localeOf } from './choice.ts';
import { formatFor } from './format.ts';

describe('the language', () => {
  it('is the one chosen last, else the first of the browser’s that is spoken, else English', () => {
    expect(firstLanguage('en', ['ja-JP'])).toBe('en');
    expect(firstLanguage(null, ['fr-FR', 'ja-JP', 'en-US'])).toBe('ja');
    expect(firstLanguage('xx', ['en-GB'])).toBe('en');
    expect(firstLanguage(null, ['fr-FR'])).toBe('en');
  });

  it('is written as the browser’s own region writes it', () => {
    expect(localeOf('en', ['ja-JP', 'en-GB'])).toBe('en-GB');
    expect(localeOf('ja', ['en-GB'])).toBe('ja');
  });
});

describe('formatFor', () => {
  it('writes numbers, shares, days and times as the locale does', () => {
    const english = formatFor('en-GB');
    expect(english.number(1_234_567)).toBe('1,234,567');
    expect(english.ratio(0.5)).toBe('50.0%');
    expect(english.day('2026-01-05')).toBe('Mon, 5 January 2026');
    const japanese = formatFor('ja-JP');
    expect(japanese.day('2026-01-05')).toBe('2026年1月5日(月)');
    expect(japanese.shortDay('2026-01-05')).toBe('1/5');
    expect(japanese.weekday('2026-01-05')).toBe('月');
  });

  it('writes an instant in the time zone of the menu', () => {
    const { instant, time } = formatFor('ja-JP');
    expect(instant('2026-01-05T20:00:00Z', 'Asia/Tokyo')).toBe('2026/01/06 5:00:00');
    expect(time(Date.parse('2026-01-05T20:00:00Z'), 'UTC')).toBe('20:00:00 UTC');
  });
});
