/** Real servers for one run: started by the scripts beside this file, on free ports, with their data in a folder that goes away. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-ports.ts';

export type Nodes = 1 | 3;
export type Product = 'kafka' | 'cassandra';

/** What the scripts need to find the same servers again, in another process too: for `up` after a kill, and for `down`. Plain data. */
export interface LocalServerPlace {
  readonly product: Product;
  readonly nodes: Nodes;
  readonly port: number;
  /** The folder of all its nodes. */
  readonly runFolder: string;
  /** Settings of the scripts (common.sh). */
  readonly settings: Readonly<NodeJS.ProcessEnv>;
  /** Where it listens, as a client wants it: `host:port,host:port`. */
  readonly endpoints: string;
}

export interface LocalServer extends LocalServerPlace {
  /** The folder of node 1, 2 or 3, with its `pid`, `server.log` and `data`. */
  folder(node: number): string;
  /** Starts the nodes that do not run, on their data. */
  restart(): Promise<void>;
  /** Sends a signal to one node. */
  signal(node: number, signal: NodeJS.Signals): void;
  /** Stops every node by its process id and removes all data. */
  remove(): Promise<void>;
}

/** The ports that the scripts count from the first: Kafka's controller; Cassandra's storage, its TLS twin, and JMX. */
const PORT_OFFSETS = { kafka: [1], cassandra: [2_000, 2_001, 3_001, 3_002, 3_003] } as const;

/** The scripts that are starting something now. */
const starting = new Set<ChildProcess>();

/** Ends every start that is under way: it fails, and takes down what it has started so far. */
export function interruptStarts(): void {
  for (const script of starting) script.kill('SIGTERM');
}

async function runScript(script: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn('bash', [join(import.meta.dirname, script), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    // Its own process group: a Ctrl-C in the terminal must not end a script that is stopping servers.
    detached: true,
  });
  if (script.endsWith('-up.sh')) starting.add(child);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  starting.delete(child);
  if (code !== 0) throw new Error(`tools/servers/${script} ${args.join(' ')} failed`);
  return output.trim();
}

/**
 * Starts one node or three of a product and waits until they answer.
 * @throws Error when Java 17 or Maven is missing (standard error says what to install), or a server does not start
 */
export async function startLocalServer(product: Product, nodes: Nodes, env: NodeJS.ProcessEnv = {}): Promise<LocalServer> {
  const runFolder = await mkdtemp(join(tmpdir(), `kaiseki-${product}-`));
  const port = await freePort(PORT_OFFSETS[product]);
  const settings = { ...env, RUN_DIR: runFolder, [product === 'kafka' ? 'KAFKA_PORT' : 'CASSANDRA_PORT']: String(port) };
  const place = { product, nodes, port, runFolder, settings };
  try {
    return localServerAt({ ...place, endpoints: await up(place) });
  } catch (error) {
    await remove(place);
    throw error;
  }
}

/** A server that was started before. */
export function localServerAt(place: LocalServerPlace): LocalServer {
  const { product, nodes, port, runFolder } = place;
  const folder = (node: number) => join(runFolder, `${product}-${nodes}-${port}`, `n${node}`);
  return {
    ...place,
    folder,
    signal: (node, signal) => process.kill(Number(readFileSync(join(folder(node), 'pid'), 'utf8')), signal),
    restart: async () => {
      await up(place);
    },
    remove: () => remove(place),
  };
}

type Scripted = Omit<LocalServerPlace, 'endpoints'>;

function up({ product, nodes, settings }: Scripted): Promise<string> {
  return runScript(`${product}-up.sh`, [String(nodes)], settings);
}

async function remove({ product, nodes, runFolder, settings }: Scripted): Promise<void> {
  await runScript(`${product}-down.sh`, [String(nodes), '--wipe'], settings);
  await rm(runFolder, { recursive: true, force: true });
}
