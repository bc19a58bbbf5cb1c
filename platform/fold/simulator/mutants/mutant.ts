/**
 * A mutant: the production fold with one thing changed that its exactness relies on. What lies in the ports or in the
 * definition is changed by a decorator; what lies in the engine by a textual patch of its sources, so that the
 * production code has no switches for tests.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MemoryTables } from '../memory-tables.ts';
import type { Pipeline } from '../pipeline.ts';
import { type Engine, production, type Subject } from '../subject.ts';

export interface Mutant {
  readonly name: string;
  /** What it breaks, for a reader of the report. */
  readonly breaks: string;
  /** Where it shows. */
  readonly pipeline: Pipeline;
  readonly patches?: readonly Patch[];
  readonly tables?: new () => MemoryTables;
  readonly suffixes?: boolean;
  readonly define?: Subject['define'];
}

/** A replacement in one of the engine's sources, where `from` stands exactly once. */
export interface Patch {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const ENGINE = fileURLToPath(new URL('../../', import.meta.url));
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** @throws Error where a patch does not fit the engine's sources any more */
export async function loadMutant({
  patches = [],
  tables = MemoryTables,
  suffixes = false,
  define = production.define,
}: Omit<Mutant, 'pipeline'>): Promise<Subject> {
  const engine = patches.length > 0 ? await loadPatched(patches) : production.engine;
  return { engine, tables: () => new tables(), suffixes, define };
}

/** Imports a patched copy of the engine. It stands in this package while it is loaded, so that its imports resolve as the original's do. */
async function loadPatched(patches: readonly Patch[]): Promise<Engine> {
  const names = (await readdir(ENGINE)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const unknown = patches.find(({ file }) => !names.includes(file));
  if (unknown) throw new Error(`a mutant patches ${unknown.file}, which is no source of the engine`);
  const directory = await mkdtemp(join(ROOT, '.mutant-'));
  try {
    for (const name of names) {
      const source = await readFile(join(ENGINE, name), 'utf8');
      const mine = patches.filter(({ file }) => file === name);
      await writeFile(join(directory, name), mine.reduce(patched, source));
    }
    const load = (name: string) => import(/* @vite-ignore */ pathToFileURL(join(directory, name)).href);
    const { ownShard } = (await load('fold.ts')) as Pick<Engine, 'ownShard'>;
    const { forwardPartition } = (await load('forwarder.ts')) as Pick<Engine, 'forwardPartition'>;
    return { ownShard, forwardPartition };
  } finally {
    await rm(directory, { recursive: true });
  }
}

function patched(source: string, { file, from, to }: Patch): string {
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`a mutant's patch stands ${parts.length - 1} times in ${file}, not once:\n${from}`);
  return parts.join(to);
}
