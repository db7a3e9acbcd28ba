import { randomBytes } from 'node:crypto';
import { open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessIdentity } from './process-identity.ts';

/**
 * A segment is one file of log lines. While its writer fills it, it is `<name>.open`; sealed, it is `<name>.jsonl`
 * and never changes again. The name is unique over all machines and is the segment's deduplication token.
 */
export const openSuffix = '.open';
export const sealedSuffix = '.jsonl';

/** Names of segments in the order of their making. */
export function segmentNames(owner: ProcessIdentity): () => string {
  const instance = randomBytes(8).toString('hex');
  let sequence = 0;
  return () => {
    sequence++;
    return [Date.now(), owner.pid, owner.started, instance, sequence].join('_');
  };
}

function ownerOf(name: string): ProcessIdentity | undefined {
  const [, pid, started] = name.split('_').map(Number);
  return Number.isInteger(pid) && Number.isInteger(started)
    ? { pid: pid as number, started: started as number }
    : undefined;
}

/**
 * Seals the segments whose writers have ended without doing so: what stands behind the last newline was never
 * acknowledged and is cut off. Segments of running writers are left alone.
 * @returns how many were sealed, and how many bytes were cut off.
 */
export async function sealAbandoned(
  directory: string,
  isRunning: (owner: ProcessIdentity) => boolean,
): Promise<{ sealed: number; tornBytes: number }> {
  let sealed = 0;
  let tornBytes = 0;
  for (const file of await list(directory)) {
    if (!file.endsWith(openSuffix)) continue;
    const name = file.slice(0, -openSuffix.length);
    const owner = ownerOf(name);
    if (owner !== undefined && isRunning(owner)) continue;
    const path = join(directory, file);
    const torn = await cutTornLine(path);
    if (torn === undefined) continue;
    tornBytes += torn;
    if ((await sizeOf(path)) === 0) await unlink(path);
    else await rename(path, join(directory, name + sealedSuffix));
    sealed++;
  }
  return { sealed, tornBytes };
}

const chunkBytes = 64 * 1024;

/** Cuts the file behind its last newline; gives the bytes cut, undefined where the file is gone. */
async function cutTornLine(path: string): Promise<number | undefined> {
  const size = await sizeOf(path);
  if (size === undefined) return undefined;
  const file = await open(path, 'r+');
  try {
    const chunk = Buffer.alloc(chunkBytes);
    let end = size;
    while (end > 0) {
      const from = Math.max(0, end - chunkBytes);
      const { bytesRead } = await file.read(chunk, 0, end - from, from);
      const newline = chunk.subarray(0, bytesRead).lastIndexOf(10);
      if (newline >= 0) {
        end = from + newline + 1;
        break;
      }
      end = from;
    }
    if (end < size) {
      await file.truncate(end);
      await file.datasync();
    }
    return size - end;
  } finally {
    await file.close();
  }
}

/** What is waiting in the spool. `oldestMs` is when its oldest segment was begun; undefined for an empty spool. */
export interface SpoolBacklog {
  readonly segments: number;
  readonly bytes: number;
  readonly oldestMs: number | undefined;
}

export async function spoolBacklog(directory: string): Promise<SpoolBacklog> {
  let segments = 0;
  let bytes = 0;
  let oldestMs: number | undefined;
  for (const file of await list(directory)) {
    if (!file.endsWith(sealedSuffix) && !file.endsWith(openSuffix)) continue;
    const size = await sizeOf(join(directory, file));
    if (size === undefined) continue;
    segments++;
    bytes += size;
    const begun = Number(file.split('_')[0]);
    if (Number.isFinite(begun) && (oldestMs === undefined || begun < oldestMs)) oldestMs = begun;
  }
  return { segments, bytes, oldestMs };
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
