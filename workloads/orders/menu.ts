/** Dimensions and their menu types: which menu types compete with each other for a user's preference. */
import { z } from 'zod';
import { NAMES_MAX } from '#platform/fold/limits.ts';

const name = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, 'must begin with a letter and hold only a-z, 0-9, _ and - (64 at most)');
const language = z.string().regex(/^[a-z]{2}$/);
const labels = z.record(language, z.string().min(1).max(64), {
  error: ({ code }) => (code === 'invalid_key' ? 'must be a two-letter language code' : undefined),
});

const menuTypeSchema = z.strictObject({
  name,
  labels,
  color: z.string().regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as #d55e00'),
});

const dimensionSchema = z.strictObject({ name, labels, menu_types: z.array(menuTypeSchema).min(2).max(32) });

/** The configuration file of the menu (`KAISEKI_MENU`). Each menu type is a name in the totals, all dimensions together. */
export const menuSchema = z.strictObject({ dimensions: z.array(dimensionSchema).min(1).max(32) }).superRefine((menu, context) => {
  const dimensions = menu.dimensions.map((dimension) => dimension.name);
  const menuTypes = menu.dimensions.flatMap((dimension) => dimension.menu_types.map((menuType) => menuType.name));
  if (menuTypes.length > NAMES_MAX) {
    const message = `has ${menuTypes.length} menu types in all its dimensions; there may be ${NAMES_MAX}`;
    context.addIssue({ code: 'custom', path: ['dimensions'], message });
  }
  for (const [kind, names] of [
    ['dimension', dimensions],
    ['menu type', menuTypes],
  ] as const) {
    const twice = names.filter((one, index) => names.indexOf(one) !== index);
    for (const one of new Set(twice))
      context.addIssue({ code: 'custom', path: ['dimensions'], message: `the ${kind} ${one} is there more than once` });
  }
});

export type MenuFile = z.infer<typeof menuSchema>;
export type Dimension = MenuFile['dimensions'][number];

/** The menu in use. A menu type is in exactly one dimension. */
export class Menu {
  readonly dimensions: readonly Dimension[];
  readonly #dimensionOf = new Map<string, string>();

  constructor(file: MenuFile) {
    this.dimensions = file.dimensions;
    for (const dimension of file.dimensions) {
      for (const menuType of dimension.menu_types) this.#dimensionOf.set(menuType.name, dimension.name);
    }
  }

  /** The dimension of a menu type; undefined for a name that is not on the menu. */
  dimensionOf(menuType: string): string | undefined {
    return this.#dimensionOf.get(menuType);
  }

  dimension(dimensionName: string): Dimension | undefined {
    return this.dimensions.find((dimension) => dimension.name === dimensionName);
  }

  /** The names of a dimension's menu types, which are its segments, in the menu's order; none where there is no such dimension. */
  segmentsOf(dimensionName: string): readonly string[] {
    return this.dimension(dimensionName)?.menu_types.map((menuType) => menuType.name) ?? [];
  }

  /** Every menu type's name, in the menu's order. */
  get menuTypes(): readonly string[] {
    return [...this.#dimensionOf.keys()];
  }
}

/** What is on the menu unless configured otherwise. Colours are from the colour-blind-safe palette of Okabe and Ito (2008). */
export const DEFAULT_MENU: MenuFile = {
  dimensions: [
    {
      name: 'cuisine',
      labels: { ja: '料理', en: 'Cuisine' },
      menu_types: [
        { name: 'washoku', labels: { ja: '和食', en: 'Japanese' }, color: '#d55e00' },
        { name: 'yoshoku', labels: { ja: '洋食', en: 'Western' }, color: '#0072b2' },
      ],
    },
    {
      name: 'snack',
      labels: { ja: 'お菓子', en: 'Snack' },
      menu_types: [
        { name: 'kinoko', labels: { ja: 'きのこ', en: 'Mushroom' }, color: '#e69f00' },
        { name: 'takenoko', labels: { ja: 'たけのこ', en: 'Bamboo shoot' }, color: '#009e73' },
      ],
    },
  ],
};
