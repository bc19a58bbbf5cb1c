/** `npm run charts`: writes what is generated of charts/kaiseki. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHART_DIRECTORY, generatedFiles, generatedOnDisk } from './files.ts';

for (const path of generatedOnDisk()) rmSync(join(CHART_DIRECTORY, path));
for (const { path, text } of generatedFiles()) {
  writeFileSync(join(CHART_DIRECTORY, path), text);
  process.stdout.write(`charts/kaiseki/${path}\n`);
}
