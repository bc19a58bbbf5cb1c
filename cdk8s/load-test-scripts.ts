/** The scripts of a load test as they go into a ConfigMap: the sources themselves, at the paths that they import each other by. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** Imports and re-exports of values from other files of this repository. Types alone are gone before k6 looks. */
const IMPORTS = /^(?:import|export) (?!type )(?:[^;]*? from )?'(\.[^']+)'/gm;

/** One source file: its path from the root of the repository, a key that a ConfigMap may have, its text. */
export interface ScriptFile {
  readonly path: string;
  readonly key: string;
  readonly text: string;
}

/** A script with everything that it imports. @param script its path from the root of the repository @throws Error for a file that is not there */
export function scriptFiles(script: string): readonly ScriptFile[] {
  const files = new Map<string, ScriptFile>();
  const waiting = [script];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path)) continue;
    const text = readFileSync(join(ROOT, path), 'utf8');
    files.set(path, { path, key: path.replaceAll('/', '.'), text });
    for (const [, imported = ''] of text.matchAll(IMPORTS)) waiting.push(relative(ROOT, join(ROOT, dirname(path), imported)));
  }
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
