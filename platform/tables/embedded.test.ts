import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openEmbeddedTables } from './embedded.ts';
import { tablesContract } from './tables.contract.ts';

const directory = await mkdtemp(join(tmpdir(), 'kaiseki-tables-'));
afterAll(() => rm(directory, { recursive: true, force: true }));

tablesContract('embedded', () => openEmbeddedTables({ directory }));
