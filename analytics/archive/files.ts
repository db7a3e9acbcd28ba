import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { partSuffix } from './layout.ts';

/**
 * Moves a file, whole or not at all, also to another file system: there it is copied under a passing name, forced to
 * the disk and renamed before the original goes. A crash leaves it in one place or in both.
 * @returns whether there was such a file
 */
export async function moveFile(from: string, to: string): Promise<boolean> {
  await mkdir(path.dirname(to), { recursive: true });
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (code !== 'EXDEV') throw error;
  }
  await copyFile(from, to + partSuffix);
  await syncPath(to + partSuffix);
  await rename(to + partSuffix, to);
  await syncPath(path.dirname(to));
  await rm(from, { force: true });
  return true;
}

/** Forces a file, or a folder's names, to the disk. */
export async function syncPath(target: string): Promise<void> {
  const handle = await open(target, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
