import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** A sealed part of the spool: it never changes again. */
export interface Segment {
  /** Globally unique; the deduplication token of its insert. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** When it was last written, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

const extension = '.jsonl';

/** The sealed segments of a spool, oldest first. A directory that is not there yet has none. */
export async function sealedSegments(spoolDir: string): Promise<Segment[]> {
  const found: Segment[] = [];
  for (const file of await filesOf(spoolDir)) {
    if (!file.endsWith(extension)) continue;
    const segment = await sealedSegment(spoolDir, file.slice(0, -extension.length));
    if (segment !== undefined) found.push(segment);
  }
  return found.sort((a, b) => a.modifiedMs - b.modifiedMs || (a.name < b.name ? -1 : 1));
}

/** One sealed segment by its name; undefined where there is none. */
export async function sealedSegment(spoolDir: string, name: string): Promise<Segment | undefined> {
  const target = path.join(spoolDir, name + extension);
  const stats = await stat(target).catch(ifMissing);
  if (stats?.isFile() !== true) return undefined;
  return { name, path: target, bytes: stats.size, modifiedMs: stats.mtimeMs };
}

async function filesOf(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(ifMissing)) ?? [];
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
