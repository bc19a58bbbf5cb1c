import { expect, it } from 'vitest';
import { sameTimeZone } from './time-zone.ts';

it.each([
  ['Asia/Calcutta', 'Asia/Kolkata', true],
  ['asia/kolkata', 'Asia/Kolkata', true],
  ['Japan', 'Asia/Tokyo', true],
  ['UTC', 'Etc/GMT', true],
  ['Europe/Kiev', 'Europe/Kyiv', true],
  ['Asia/Seoul', 'Asia/Tokyo', false],
  ['+09:00', 'Asia/Tokyo', false],
  ['Asia/Atlantis', 'Asia/Tokyo', false],
  ['Asia/Atlantis', 'Asia/Atlantis', true],
])('%s and %s are one time zone: %s', (one, other, same) => {
  expect(sameTimeZone(one, other)).toBe(same);
  expect(sameTimeZone(other, one)).toBe(same);
});
