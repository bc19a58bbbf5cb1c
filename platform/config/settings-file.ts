/** A file of settings, one `NAME=value` a line, as `.env` is. */
import { lstatSync, statSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { type Environment, SettingsMistakes } from './environment.ts';
import { readTextFile } from './text-file.ts';

/** A comment, or a quoted value, which may have several lines. */
const COMMENT_OR_QUOTED = /^[^\S\n]*#.*$|=[^\S\n]*(["'`])[\s\S]*?\1/gm;
const SETTING = /^\s*(?:export\s+)?[^\s=]+\s*=/;
const NOTHING = /^\s*(?:#.*)?$/;

/**
 * The settings of a file, and none where there is no such file. Its variables are those of the file with those of `environment`
 * over them, but for empty ones, which count as unset.
 * @throws SettingsMistakes where nobody can say whether it is there, where it cannot be read, or where a line of it is no setting:
 * it would be a default, silently
 */
export function withSettingsFile(path: string, environment: Environment): Environment {
  if (!reading(path, () => lstatSync(path, { throwIfNoEntry: false }))) return environment;
  const set = Object.entries(environment).filter(([, value]) => value);
  return { ...environment, ...parseEnv(settingsText(path)), ...Object.fromEntries(set) };
}

function settingsText(path: string): string {
  const refuse = (problem: string) => mistake(path, problem);
  const file = reading(path, () => statSync(path, { throwIfNoEntry: false }));
  if (!file) throw refuse('is a link to a file that is not there: put the file there, or remove the link');
  if (file.isDirectory()) {
    throw refuse('is a directory, but must be a file of settings: rename it, or start the program elsewhere');
  }
  const text = reading(path, () => readTextFile(path));
  // Its value may be a secret: the line itself is not shown.
  const lines = withoutQuoted(text).split(/\r?\n/);
  const wrong = lines.findIndex((line) => !SETTING.test(line) && !NOTHING.test(line));
  if (wrong >= 0) throw refuse(`has a line that is no setting (line ${wrong + 1}): write NAME=value, or # before a comment`);
  return text;
}

/** Does what reads the file. @throws SettingsMistakes where it throws */
function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw mistake(path, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function mistake(path: string, problem: string): SettingsMistakes {
  return new SettingsMistakes([{ variable: `the file ${path}`, problem }]);
}

/** The same text, of as many lines, without comments and what stands in quotes. */
function withoutQuoted(text: string): string {
  return text.replaceAll(COMMENT_OR_QUOTED, (found, quote) => (quote === undefined ? '' : `=${found.replaceAll(/[^\n]/g, '')}`));
}
