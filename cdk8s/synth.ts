/**
 * `npm run synth`: writes dist/kind and dist/production, a file a chart, named in the order in which they are applied; and
 * a load test for each in a directory of its own (dist/kind-load-test, …).
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'cdk8s';
import { createApp } from './app.ts';
import { ENVIRONMENTS, type EnvironmentName, LOAD_TESTS } from './environments.ts';
import { createLoadTest } from './load-test.ts';
import type { Settings } from './settings.ts';

for (const [name, settings] of Object.entries(ENVIRONMENTS) as [EnvironmentName, Settings][]) {
  write(name, (directory) => createApp(settings, directory));
  write(`${name}-load-test`, (directory) => createLoadTest(settings, LOAD_TESTS[name], directory));
}

function write(name: string, create: (directory: string) => App): void {
  const directory = join(import.meta.dirname, '..', 'dist', name);
  rmSync(directory, { recursive: true, force: true });
  create(directory).synth();
  process.stdout.write(`dist/${name}\n`);
}
