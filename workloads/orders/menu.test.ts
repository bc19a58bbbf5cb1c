import { describe, expect, it } from 'vitest';
import { DEFAULT_MENU, Menu, type MenuFile, menuSchema } from './menu.ts';

const type = (name: string) => ({ name, labels: { en: name }, color: '#000000' });
const dimension = (name: string, ...menuTypes: string[]) => ({ name, labels: { en: name }, menu_types: menuTypes.map(type) });
const problems = (file: unknown) => menuSchema.safeParse(file).error?.issues.map((issue) => issue.message) ?? [];

describe('the menu’s file', () => {
  it('may be the default one', () => {
    expect(problems(DEFAULT_MENU)).toEqual([]);
  });

  it('names every menu type and dimension once', () => {
    expect(problems({ dimensions: [dimension('meal', 'ramen', 'soba'), dimension('drink', 'tea', 'ramen')] })).toEqual([
      'the menu type ramen is there more than once',
    ]);
    expect(problems({ dimensions: [dimension('meal', 'ramen', 'soba'), dimension('meal', 'tea', 'coffee')] })).toEqual([
      'the dimension meal is there more than once',
    ]);
  });

  it('has at least two menu types that compete, and at least one dimension', () => {
    expect(problems({ dimensions: [dimension('meal', 'ramen')] })).toHaveLength(1);
    expect(problems({ dimensions: [] })).toHaveLength(1);
  });

  it('has no more menu types than totals may have names', () => {
    const dimensions = (count: number) => Array.from({ length: count }, (_, nth) => dimension(`d${nth}`, `m${nth}a`, ...others(nth)));
    const others = (nth: number) => Array.from({ length: 31 }, (_, other) => `m${nth}-${other}`);
    expect(problems({ dimensions: dimensions(8) })).toEqual([]);
    expect(problems({ dimensions: dimensions(9) })).toEqual(['has 288 menu types in all its dimensions; there may be 256']);
  });

  it('has names that are safe everywhere, labels by language, and colours', () => {
    for (const name of ['Ramen', '1', 'ra men', '', '__proto__', 'a'.repeat(65), 'ラーメン']) {
      expect(problems({ dimensions: [dimension('meal', 'soba', name)] }).length, name).toBeGreaterThan(0);
    }
    const misspelt = { ...dimension('meal', 'ramen', 'soba'), menutypes: [] };
    expect(problems({ dimensions: [misspelt] })).toHaveLength(1);
    const red = { ...dimension('meal', 'ramen'), menu_types: [type('ramen'), { ...type('soba'), color: 'red' }] };
    expect(problems({ dimensions: [red] })).toEqual(['must be a colour such as #d55e00']);
    const labelled = { ...dimension('meal', 'ramen', 'soba'), labels: { english: 'Meal' } };
    expect(problems({ dimensions: [labelled] })).toHaveLength(1);
  });
});

describe('the menu', () => {
  const file: MenuFile = { dimensions: [dimension('meal', 'ramen', 'soba', 'udon'), dimension('drink', 'tea', 'coffee')] };
  const menu = new Menu(file);

  it('knows the one dimension of a menu type', () => {
    expect(menu.dimensionOf('udon')).toBe('meal');
    expect(menu.dimensionOf('tea')).toBe('drink');
    for (const name of ['meal', 'pizza', '__proto__', 'constructor', '']) expect(menu.dimensionOf(name)).toBeUndefined();
  });

  it('keeps the order of its file', () => {
    expect(menu.menuTypes).toEqual(['ramen', 'soba', 'udon', 'tea', 'coffee']);
    expect(menu.segmentsOf('meal')).toEqual(['ramen', 'soba', 'udon']);
    expect(menu.segmentsOf('pizza')).toEqual([]);
    expect(menu.dimension('drink')?.menu_types.map(({ name }) => name)).toEqual(['tea', 'coffee']);
  });
});
