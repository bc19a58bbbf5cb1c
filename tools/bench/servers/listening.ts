/** The processes of this machine that listen on a port: whose CPU time a benchmark reads. Linux only. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** State of a listening socket in /proc/net/tcp. */
const LISTEN = '0A';

/**
 * @param endpoints `host:port`
 * @throws Error when nothing of this machine listens on one of the ports
 */
export function processesListeningOn(endpoints: readonly string[]): readonly number[] {
  const ports = new Set(endpoints.map((endpoint) => Number(endpoint.split(':').at(-1))));
  const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningSockets(table, ports)));
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => linksOf(`/proc/${pid}/fd`).some((link) => sockets.has(link)));
  if (pids.length === 0) throw new Error(`no process of this machine listens on ${endpoints.join(', ')}: their CPU time cannot be read`);
  return pids.map(Number);
}

function listeningSockets(table: string, ports: ReadonlySet<number>): string[] {
  return readFileSync(table, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === LISTEN && ports.has(Number.parseInt(local?.split(':')[1] ?? '', 16)))
    .map((fields) => `socket:[${fields[9]}]`);
}

/** What the open files of a process are; none where it has ended or belongs to somebody else. */
function linksOf(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => linkOf(`${folder}/${name}`));
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
