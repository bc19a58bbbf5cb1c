/**
 * `npm run bench:live`: how soon a second browser shows an order, and what thousands of viewers cost, as Markdown on
 * standard output. `--quick` is for trying the benchmark itself; `--only embedded|crowd|servers` measures one part.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { machineLines } from '../machine.ts';
import { embeddedCrowd } from './crowd.ts';
import { embeddedPainted } from './painted.ts';
import { section } from './section.ts';
import { FULL, QUICK } from './sizes.ts';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const sizes = options.quick ? QUICK : FULL;

/** In a command of its own, with servers that are started for it where the environment names none. */
async function onServers(): Promise<void> {
  const command = [process.execPath, 'tools/bench/live/on-servers.ts', ...(options.quick ? ['--quick'] : [])];
  const child = spawn(process.execPath, ['tools/servers/with-servers.ts', '--', ...command], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the part on servers ended with ${code}`);
}

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  embedded: () => section('Embedded: from an order to a second browser', () => embeddedPainted(sizes.painted)),
  crowd: () => section('Embedded: thousands of viewers', () => embeddedCrowd(sizes.crowd)),
  servers: onServers,
};

const chosen = Object.entries(PARTS).filter(([name]) => options.only === undefined || options.only === name);
if (chosen.length === 0) throw new Error(`--only takes ${Object.keys(PARTS).join(', ')}`);
const given = process.argv.slice(2).join(' ');
console.log(machineLines(`npm run bench:live${given === '' ? '' : ` -- ${given}`}`).join('\n'));
for (const [, measure] of chosen) await measure();
