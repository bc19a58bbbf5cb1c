/** What a benchmark ran on: a figure without it says nothing. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** The machine, the program's versions and the command, as Markdown list items. */
export function machineLines(command: string): string[] {
  return [
    `- command: \`${command}\``,
    `- machine: ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`,
    `- Node ${process.versions.node}, SQLite ${process.versions.sqlite ?? 'unknown'}, commit ${commit()}`,
  ];
}

/** The processes that wanted a core in the last minute: beyond the number of cores, others slowed the figures down. */
export function loadAverage(): string {
  return loadavg()[0]?.toFixed(1) ?? 'unknown';
}

/** Resident memory of a process in MB (10^6 bytes), now and at its highest. Linux only. */
export function residentMemory_mb(pid: number): { readonly now: number; readonly highest: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) => (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1_024) / 1e6;
  return { now: field('VmRSS'), highest: field('VmHWM') };
}

/** Kernel ticks a second in which /proc counts CPU time (USER_HZ: 100 on every Linux that Node runs on). */
const TICKS_A_SECOND = 100;

/** CPU time of processes from now on, user and system, all threads. Linux only. */
export function cpuUsage(pids: readonly number[]): { spent_us(): number } {
  const ticks = () => pids.reduce((sum, pid) => sum + cpuTicks(pid), 0);
  const before = ticks();
  return { spent_us: () => ((ticks() - before) / TICKS_A_SECOND) * 1e6 };
}

function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field, the command, may hold spaces; utime and stime are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD');
  } catch {
    return 'unknown';
  }
}
