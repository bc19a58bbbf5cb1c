/** The running program against its own /openapi.json, asked by Schemathesis: all checks, but for what docs/reference/schemathesis.md justifies. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { addressOf, startKaiseki } from './processes.testing.ts';

const ROOT = join(import.meta.dirname, '..');
const OPTIONS = join(ROOT, 'tools/schemathesis');
const KEY = 'schema-key-0123456789';

/** Where `.ci/run` puts it, or anywhere on the path. */
const COMMAND = [join(ROOT, '.schemathesis/bin/schemathesis'), 'schemathesis'].find(
  (command) => (command.startsWith('/') ? existsSync(command) : true) && spawnSync(command, ['--version']).status === 0,
);

/** Runs it to its end; what it said, and its exit code. */
async function schemathesis(command: string, args: readonly string[], directory: string) {
  const environment = { PATH: process.env.PATH, HOME: directory, PYTHONPATH: OPTIONS, PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn(command, args, { cwd: directory, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => said.push(String(part)));
  const [code]: (number | null)[] = await once(child, 'exit');
  return { code, said: said.join('') };
}

it.skipIf(COMMAND === undefined)(
  `/openapi.json passes Schemathesis with all checks${COMMAND === undefined ? ' (skipped: it is not installed; pip install schemathesis)' : ''}`,
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kaiseki-schemathesis-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const kaiseki = startKaiseki(['all'], {
      KAISEKI_DATA_DIR: join(directory, 'data'),
      KAISEKI_PORT: '0',
      KAISEKI_API_KEYS: `read:${KEY},ingest:${KEY}`,
    });
    onTestFinished(async () => {
      kaiseki.kill('SIGKILL');
      await kaiseki.ended();
    });
    const address = await addressOf(kaiseki);
    while (!(await fetch(`${address}/readyz`)).ok) await systemClock.sleep(50);
    const { code, said } = await schemathesis(
      COMMAND ?? '',
      [
        '--config-file',
        join(OPTIONS, 'schemathesis.toml'),
        'run',
        `${address}/openapi.json`,
        '--checks',
        'all',
        '--header',
        `Authorization: Bearer ${KEY}`,
        '--no-color',
      ],
      directory,
    );
    expect(code, said).toBe(0);
    expect(said).toMatch(/\d+ generated/);
  },
);
