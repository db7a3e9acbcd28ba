import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, ownIdentity, type ProcessIdentity } from '../../analytics/index.ts';
import { AppError } from '../errors.ts';

/**
 * Takes `<dataDir>/<name>.lock` for this process until it ends or calls the function that is returned. The lock of a
 * process that has ended, however it did, is taken over.
 * @throws AppError `data_dir_in_use` where a running process has it.
 */
export function takeLock(dataDir: string, name: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, `${name}.lock`);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(ownIdentity()));
  try {
    while (!link(draft, path)) {
      const holder = lockHolder(path);
      if (holder !== 'gone' && isHeld(holder)) {
        const detail = `${dataDir} is in use by process ${holder.pid}. Stop that one first, or set DATA_DIR.`;
        throw new AppError('data_dir_in_use', detail);
      }
      removeDead(path, draft);
    }
    return () => rmSync(path, { force: true });
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Removes the lock of a process that has ended. One process at a time does that, and looks again first: else, of two
 * that have seen the same dead lock, the slower one removes the living lock of the faster.
 */
function removeDead(path: string, draft: string): void {
  const turn = `${path}.turn`;
  if (!link(draft, turn)) {
    const other = lockHolder(turn);
    if (other !== 'gone' && !isHeld(other)) rmSync(turn, { force: true });
    return;
  }
  const holder = lockHolder(path);
  if (holder !== 'gone' && !isHeld(holder)) rmSync(path, { force: true });
  rmSync(turn, { force: true });
}

function isHeld(holder: ProcessIdentity | undefined): holder is ProcessIdentity {
  return holder !== undefined && isRunning(holder);
}

/** Undefined where the file cannot be read: a lock is written whole, so that only a power cut leaves such a one. */
function lockHolder(path: string): ProcessIdentity | 'gone' | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof started === 'number' ? { pid, started } : undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : undefined;
  }
}

/** Whether the name could be taken: a link never replaces what is there. */
function link(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
