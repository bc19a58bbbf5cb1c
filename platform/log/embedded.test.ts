import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { openEmbeddedLog } from './embedded.ts';
import { logContract } from './log.contract.ts';

const directory = await mkdtemp(join(tmpdir(), 'kaiseki-log-'));
afterAll(() => rm(directory, { recursive: true, force: true }));

logContract('embedded', () => openEmbeddedLog({ directory, clock: systemClock }));
