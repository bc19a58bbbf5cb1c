/** `npm run synth`: writes dist/kind and dist/production, a file a chart, named in the order in which they are applied. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from './app.ts';
import { ENVIRONMENTS } from './environments.ts';

for (const [name, settings] of Object.entries(ENVIRONMENTS)) {
  const directory = join(import.meta.dirname, '..', 'dist', name);
  rmSync(directory, { recursive: true, force: true });
  createApp(settings, directory).synth();
  process.stdout.write(`dist/${name}\n`);
}
