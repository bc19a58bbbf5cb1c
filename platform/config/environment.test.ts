import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineGroup, type Environment, joinParts, readEnvironment, SettingsMistakes } from './environment.ts';
import { flag, text, wholeNumber } from './variables.ts';

const parts = {
  oven: defineGroup({
    title: 'Oven',
    description: 'An oven.',
    variables: {
      OVEN_DEGREES: wholeNumber(50, 300).prefault('180').describe('Heat.'),
      OVEN_DEGREES_MAX: wholeNumber(50, 300).prefault('250').describe('Most heat.'),
      OVEN_FAN: flag().prefault('false').describe('Fan.'),
      OVEN_DOOR_CODE: text().regex(/^\d+$/, 'must be digits').optional().meta({ description: 'Code.', secret: true }),
    },
    check({ OVEN_DEGREES: degrees, OVEN_DEGREES_MAX: most }, { report }) {
      if (degrees !== undefined && most !== undefined && degrees > most) report('OVEN_DEGREES', 'must be at most OVEN_DEGREES_MAX');
    },
    build: (values) => ({ degrees: values.OVEN_DEGREES, fan: values.OVEN_FAN }),
  }),
  shelf: defineGroup({
    title: 'Shelf',
    description: 'A shelf.',
    variables: { OVEN_SHELF: z.enum(['top', 'bottom'], 'must be top or bottom').describe('Which shelf.') },
    build: (values) => values.OVEN_SHELF,
  }),
};
// Both would throw if they ran after a mistake.
const baking = joinParts(parts, ({ oven, shelf }) => ({ ...oven, shelf: shelf.toUpperCase() }));
const kitchen = joinParts({ baking }, (settings) => ({ ...settings, degrees: settings.baking.degrees }));

function mistakesOf(environment: Environment): string[] {
  try {
    readEnvironment(kitchen, environment, 'OVEN_');
  } catch (error) {
    if (error instanceof SettingsMistakes) return error.mistakes.map(({ variable, problem }) => `${variable} ${problem}`);
    throw error;
  }
  return [];
}

describe('readEnvironment', () => {
  it('builds every part, with defaults for what is unset or empty', () => {
    expect(readEnvironment(kitchen, { OVEN_SHELF: 'top', OVEN_FAN: 'true', OVEN_DEGREES: '' }, 'OVEN_')).toEqual({
      baking: { degrees: 180, fan: true, shelf: 'TOP' },
      degrees: 180,
    });
    expect(kitchen.groups.map(({ title }) => title)).toEqual(['Oven', 'Shelf']);
  });

  it('lists every mistake of every group at once: of one variable, between variables, and names that nobody knows', () => {
    expect(mistakesOf({ OVEN_DEGREES: '260', OVEN_FAN: 'yes', OVEN_SHELV: 'top', OVEN_COLOUR_OF_THE_HANDLE: 'red', PATH: '/bin' })).toEqual(
      [
        'OVEN_FAN is "yes" but must be true or false',
        'OVEN_DEGREES must be at most OVEN_DEGREES_MAX',
        'OVEN_SHELF must be top or bottom',
        'OVEN_SHELV is not a setting; did you mean OVEN_SHELF?',
        'OVEN_COLOUR_OF_THE_HANDLE is not a setting',
      ],
    );
  });

  it('never shows a secret', () => {
    expect(mistakesOf({ OVEN_SHELF: 'top', OVEN_DOOR_CODE: 'hunter2' })).toEqual(['OVEN_DOOR_CODE must be digits']);
  });

  it('takes whole numbers within their limits only', () => {
    for (const degrees of ['49', '301', '1e2', '-60', '60.5', ' 60', '0x3c', '9'.repeat(400)]) {
      expect(mistakesOf({ OVEN_SHELF: 'top', OVEN_DEGREES: degrees })).toEqual([
        `OVEN_DEGREES is ${JSON.stringify(degrees)} but must be a whole number from 50 to 300`,
      ]);
    }
    for (const degrees of ['50', '250']) expect(mistakesOf({ OVEN_SHELF: 'top', OVEN_DEGREES: degrees })).toEqual([]);
  });
});
