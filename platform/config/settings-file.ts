/** A file of settings, one `NAME=value` a line, as `.env` is. */
import { existsSync, statSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { type Environment, SettingsMistakes } from './environment.ts';
import { readTextFile } from './text-file.ts';

/** A comment, or a quoted value, which may have several lines. */
const COMMENT_OR_QUOTED = /^[^\S\n]*#.*$|=[^\S\n]*(["'`])[\s\S]*?\1/gm;
const SETTING = /^\s*(?:export\s+)?[^\s=]+\s*=/;
const NOTHING = /^\s*(?:#.*)?$/;

/**
 * The settings of a file, and none where there is no such file. Its variables are those of the file with those of `environment`
 * over them.
 * @throws SettingsMistakes where the file cannot be read, or a line of it is no setting: it would be a default, silently
 */
export function withSettingsFile(path: string, environment: Environment): Environment {
  if (!existsSync(path)) return environment;
  return { ...parseEnv(settingsText(path)), ...environment };
}

function settingsText(path: string): string {
  const refuse = (problem: string) => new SettingsMistakes([{ variable: `the file ${path}`, problem }]);
  if (statSync(path).isDirectory()) {
    throw refuse('is a directory, but must be a file of settings: rename it, or start the program elsewhere');
  }
  let text: string;
  try {
    text = readTextFile(path);
  } catch (error) {
    throw refuse(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  // Its value may be a secret: the line itself is not shown.
  const lines = withoutQuoted(text).split(/\r?\n/);
  const wrong = lines.findIndex((line) => !SETTING.test(line) && !NOTHING.test(line));
  if (wrong >= 0) throw refuse(`has a line that is no setting (line ${wrong + 1}): write NAME=value, or # before a comment`);
  return text;
}

/** The same text, of as many lines, without comments and what stands in quotes. */
function withoutQuoted(text: string): string {
  return text.replaceAll(COMMENT_OR_QUOTED, (found, quote) => (quote === undefined ? '' : `=${found.replaceAll(/[^\n]/g, '')}`));
}
