/**
 * Proof that a process lives: a lock on a file of its own, which the operating system lets go when the process ends,
 * however it ends. A pid alone proves nothing: it may be another process's by now.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface ProcessLock {
  /** Names the lock to other processes. */
  readonly token: string;
  release(): void;
}

/** Takes a new lock in a data directory. Nobody knows its token before it is locked. */
export function holdProcessLock(directory: string): ProcessLock {
  const token = randomUUID();
  mkdirSync(join(directory, 'locks'), { recursive: true });
  const path = lockPath(directory, token);
  const database = new DatabaseSync(path);
  database.exec('BEGIN IMMEDIATE');
  return {
    token,
    release() {
      rmSync(path, { force: true });
      database.close();
    },
  };
}

/** Whether the process that took the lock still lives. Removes what a dead one left behind. */
export function isHeld(directory: string, token: string): boolean {
  const path = lockPath(directory, token);
  if (!existsSync(path)) return false;
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN IMMEDIATE');
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return true;
    throw error;
  } finally {
    database.close();
  }
  rmSync(path, { force: true });
  return false;
}

const SQLITE_BUSY = 5;

function lockPath(directory: string, token: string): string {
  return join(directory, 'locks', `${token}.lock`);
}
