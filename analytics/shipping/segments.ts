import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** A sealed part of the spool: it never changes again. */
export interface Segment {
  /** Globally unique; the deduplication token of its insert. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

const extension = '.jsonl';

/** The sealed segments of a spool, oldest first. A directory that is not there yet has none. */
export async function sealedSegments(spoolDir: string): Promise<Segment[]> {
  const found: (Segment & { modifiedMs: number })[] = [];
  for (const file of await filesOf(spoolDir)) {
    if (!file.endsWith(extension)) continue;
    const target = path.join(spoolDir, file);
    const stats = await stat(target).catch(ifMissing);
    if (stats?.isFile() !== true) continue;
    const name = file.slice(0, -extension.length);
    found.push({ name, path: target, bytes: stats.size, modifiedMs: stats.mtimeMs });
  }
  found.sort((a, b) => a.modifiedMs - b.modifiedMs || (a.name < b.name ? -1 : 1));
  return found.map(({ name, path: target, bytes }) => ({ name, path: target, bytes }));
}

async function filesOf(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(ifMissing)) ?? [];
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
