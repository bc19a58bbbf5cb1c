/**
 * Runs a command with real servers: `node tools/servers/with-servers.ts [--nodes 3] -- <command…>`.
 * KAFKA_BROKERS and CASSANDRA_CONTACT_POINTS are used where they are set; what is not set is started for the command on
 * free ports of this machine, and is gone afterwards. Exits with the command's code.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { interruptStarts, type LocalServer, type Nodes, type Product, startLocalServer } from './local-servers.ts';

const USAGE = 'usage: node tools/servers/with-servers.ts [--nodes 1|3] -- <command> [argument…]';

const VARIABLES: readonly (readonly [Product, string])[] = [
  ['kafka', 'KAFKA_BROKERS'],
  ['cassandra', 'CASSANDRA_CONTACT_POINTS'],
];

interface Options {
  readonly nodes: Nodes;
  readonly command: string;
  readonly args: readonly string[];
}

function readOptions(): Options | undefined {
  const split = process.argv.indexOf('--');
  const [command, ...args] = split === -1 ? [] : process.argv.slice(split + 1);
  try {
    const { values } = parseArgs({ args: process.argv.slice(2, split === -1 ? undefined : split), options: { nodes: { type: 'string' } } });
    const nodes = values.nodes ?? '1';
    if (command === undefined || (nodes !== '1' && nodes !== '3')) return undefined;
    return { nodes: nodes === '1' ? 1 : 3, command, args };
  } catch {
    return undefined;
  }
}

/** The code with which a shell would report how the command ended. */
async function codeOf(child: ChildProcess): Promise<number> {
  const [code, signal]: [number | null, NodeJS.Signals | null] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (...ending) => resolve(ending));
  });
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

async function run({ nodes, command, args }: Options): Promise<number> {
  const servers: LocalServer[] = [];
  let child: ChildProcess | undefined;
  let interrupted: NodeJS.Signals | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted ??= signal;
      if (child === undefined) interruptStarts();
      else child.kill(signal);
    });
  }
  try {
    const env: NodeJS.ProcessEnv = { ...process.env };
    for (const [product, variable] of VARIABLES) {
      if (env[variable] || interrupted) continue;
      const server = await startLocalServer(product, nodes);
      servers.push(server);
      env[variable] = server.endpoints;
      process.stderr.write(`${variable}=${server.endpoints}\n`);
    }
    if (!interrupted) {
      child = spawn(command, args, { env, stdio: 'inherit' });
      return await codeOf(child);
    }
  } catch (error) {
    if (!interrupted) throw error;
  } finally {
    await Promise.all(servers.map((server) => server.remove()));
  }
  return 128 + constants.signals[interrupted ?? 'SIGTERM'];
}

const options = readOptions();
if (options === undefined) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await run(options);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
