import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadSettings, settingsGroups } from '#workloads/settings.ts';
import { exampleText } from './configuration.ts';
import { generatedDocuments } from './documents.ts';

const root = join(import.meta.dirname, '..', '..');

const documents = await generatedDocuments();

describe('generated documents', () => {
  for (const { path, text } of documents) {
    it(`${path} is what npm run docs writes`, () => {
      expect(existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '').toBe(text);
    });
  }
});

describe('.env.example', () => {
  const example = readFileSync(join(root, '.env.example'), 'utf8');
  const variables = settingsGroups.flatMap((group) => Object.entries(group.variables));

  it('names every variable once, with its default or an example that its schema takes', () => {
    const uncommented = parseEnv(example.replaceAll(/^#(?=[A-Z_]+=)/gm, ''));
    expect(Object.keys(uncommented).toSorted()).toEqual(variables.map(([name]) => name).toSorted());
    for (const [name, schema] of variables) {
      expect(uncommented[name], name).toBe(exampleText(schema));
      // The examples of files name some that are not here.
      if (!/_FILE$|_MENU$/.test(name)) expect(schema.safeParse(uncommented[name]).success, name).toBe(true);
    }
  });

  it('copied as it is, changes nothing', () => {
    expect(loadSettings(parseEnv(example))).toEqual(loadSettings({}));
  });
});
