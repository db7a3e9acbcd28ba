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
    for (;;) {
      const holder = lockHolder(path);
      if (holder !== undefined && isRunning(holder)) {
        const detail = `${dataDir} is in use by process ${holder.pid}. Stop that one first, or set DATA_DIR.`;
        throw new AppError('data_dir_in_use', detail);
      }
      if (holder !== undefined) rmSync(path, { force: true });
      if (link(draft, path)) return () => rmSync(path, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function lockHolder(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
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
