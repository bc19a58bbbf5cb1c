import { describe, expect, it } from 'vitest';
import type { Dimension } from '#workloads/web/api/types.ts';
import { leaderOf, ordersIn, peopleIn, slicesOf, sumOf } from './slices.ts';

const cuisine: Dimension = {
  name: 'cuisine',
  labels: { ja: '料理', en: 'Cuisine' },
  menu_types: [
    { name: 'washoku', labels: { ja: '和食', en: 'Japanese' }, color: '#d55e00' },
    { name: 'yoshoku', labels: { en: 'Western' }, color: '#0072b2' },
  ],
};

describe('slicesOf', () => {
  it('has every menu type in the order of the menu, with its share', () => {
    const slices = slicesOf(
      cuisine,
      new Map([
        ['yoshoku', 1],
        ['washoku', 3],
      ]),
      'ja',
    );
    expect(slices.map(({ name, count, ratio }) => [name, count, ratio])).toEqual([
      ['washoku', 3, 0.75],
      ['yoshoku', 1, 0.25],
    ]);
  });

  it('counts nothing that is not of the dimension', () => {
    expect(
      sumOf(
        slicesOf(
          cuisine,
          new Map([
            ['washoku', 2],
            ['kinoko', 40],
          ]),
          'ja',
        ),
      ),
    ).toBe(2);
  });

  it('has shares of 0 where there is nothing to share', () => {
    expect(slicesOf(cuisine, new Map(), 'en').map(({ ratio }) => ratio)).toEqual([0, 0]);
  });

  it('falls back to English where the menu does not speak the language', () => {
    expect(slicesOf(cuisine, new Map(), 'ja').map(({ label }) => label)).toEqual(['和食', 'Western']);
  });
});

describe('leaderOf', () => {
  const leader = (washoku: number, yoshoku: number) =>
    leaderOf(
      slicesOf(
        cuisine,
        new Map([
          ['washoku', washoku],
          ['yoshoku', yoshoku],
        ]),
        'en',
      ),
    )?.name;

  it('is who is ahead, and nobody on a tie', () => {
    expect([leader(2, 1), leader(1, 2), leader(2, 2), leader(0, 0)]).toEqual(['washoku', 'yoshoku', undefined, undefined]);
  });
});

it('totals tell of orders and of people', () => {
  const totals = { dimension: 'cuisine', period: 'all', orders: 5, totals: [{ segment: 'washoku', orders: 5, users: 2 }] };
  expect(ordersIn(totals)).toEqual(new Map([['washoku', 5]]));
  expect(peopleIn(totals)).toEqual(new Map([['washoku', 2]]));
});
