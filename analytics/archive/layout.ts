import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * The log archive: a folder for each UTC day, in it segments as they were shipped (`<segment>.jsonl`) and, once their
 * hour is over, packs of them: gzip files of log lines whose name says what is in them,
 * `<hour>_<first>_<last>_<lines>_<random>.jsonl.gz` with the earliest and latest `time` in milliseconds since 1970.
 */
export interface ArchiveFile {
  readonly path: string;
  readonly kind: 'segment' | 'pack';
  /** Name of its folder, like `2026-11-23`. */
  readonly day: string;
  /** Bytes on disk. */
  readonly bytes: number;
  /** Of a pack exact; of a segment when it was begun and last written, by the clock of then. */
  readonly firstMs: number;
  readonly lastMs: number;
}

export const segmentSuffix = '.jsonl';
export const packSuffix = '.jsonl.gz';
/** What is being written; nothing reads it, and a crash leaves it behind. */
export const partSuffix = '.part';
/** Lists the segments that a finished pack replaces, until the last of them is gone. */
export const manifestName = 'packing.json';

const dayName = /^\d{4}-\d\d-\d\d$/;
const packName = /^(\d\d)_(-?\d+)_(-?\d+)_(\d+)_[0-9a-f]+\.jsonl\.gz$/;

/** When a segment was begun: the first part of its name; undefined for a name of another form. */
export function begunMs(segment: string): number | undefined {
  const begun = Number(/^(\d{1,15})_/.exec(segment)?.[1]);
  return Number.isNaN(begun) ? undefined : begun;
}

export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Folders of days, in order. An archive that is not there yet has none. */
export async function archiveDays(archiveDir: string): Promise<string[]> {
  return (await namesIn(archiveDir)).filter((name) => dayName.test(name)).sort();
}

/**
 * What a day's folder holds, in no order; each log line is in one of the files. A file that goes meanwhile is left
 * out.
 */
export async function filesOfDay(archiveDir: string, day: string): Promise<ArchiveFile[]> {
  const folder = path.join(archiveDir, day);
  const names = await namesIn(folder);
  const replaced = names.includes(manifestName) ? await replacedSegments(folder, names) : new Set<string>();
  const files: ArchiveFile[] = [];
  for (const name of names) {
    const pack = packName.exec(name);
    if ((pack === null && !name.endsWith(segmentSuffix)) || replaced.has(name)) continue;
    const file = path.join(folder, name);
    const stats = await stat(file).catch(ifMissing);
    if (stats === undefined) continue;
    const kind = pack === null ? 'segment' : 'pack';
    const firstMs = pack === null ? (begunMs(name) ?? stats.mtimeMs) : Number(pack[2]);
    const lastMs = pack === null ? Math.max(stats.mtimeMs, firstMs) : Number(pack[3]);
    files.push({ path: file, kind, day, bytes: stats.size, firstMs, lastMs });
  }
  return files;
}

export interface Manifest {
  readonly pack: string;
  /** File names of the segments in it. */
  readonly segments: readonly string[];
}

/** Undefined where there is none. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readFile(path.join(folder, manifestName), 'utf8').catch(ifMissing);
  return text === undefined ? undefined : (JSON.parse(text) as Manifest);
}

/** Segments that are in a pack already: only where the pack has its name. */
async function replacedSegments(folder: string, names: readonly string[]): Promise<ReadonlySet<string>> {
  const manifest = await readManifest(folder);
  return new Set(manifest !== undefined && names.includes(manifest.pack) ? manifest.segments : []);
}

export async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(ifMissing)) ?? [];
}

export function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
