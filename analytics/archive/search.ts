import { stat } from 'node:fs/promises';
import path from 'node:path';
import { openSuffix } from '../spool/segments.ts';
import {
  type ArchiveFile,
  archiveDays,
  begunMs,
  filesOfDay,
  ifMissing,
  namesIn,
  segmentSuffix,
} from './layout.ts';
import { compileFilter, type LineFilter } from './line-filter.ts';
import { timeOfLine } from './line-time.ts';
import { linesOfFile } from './read.ts';

export interface SearchOptions {
  /** Folders of archives; what is in several of them is found in each. */
  readonly archiveDirs: readonly string[];
  /** Its log lines that wait for ClickHouse are searched too. */
  readonly spoolDir: string | undefined;
  readonly filter: LineFilter;
  readonly order: 'newest' | 'oldest';
  /** Most lines; the search ends with the last of them. */
  readonly limit: number;
}

/** What a search has looked at so far. */
export interface Searched {
  files: number;
  lines: number;
  /** On the disk, most of it compressed. */
  bytes: number;
  found: number;
  /** Files that could not be read to their end. */
  readonly broken: { readonly file: string; readonly reason: string }[];
}

interface Match {
  readonly timeMs: number;
  readonly line: Buffer;
}

/**
 * Yields matching log lines by their time, each with its line end. Only the lines found in files that overlap in time
 * are held at once.
 * @param searched is kept up to date while lines are taken
 */
export async function* searchLogs(options: SearchOptions, searched: Searched): AsyncGenerator<Buffer> {
  const { filter, order, limit } = options;
  const matches = compileFilter(filter);
  const files = inOrder(await filesFor(options), order);
  let held: Match[] = [];
  for (const [at, file] of files.entries()) {
    searched.files++;
    searched.bytes += file.bytes;
    try {
      for await (const line of linesOfFile(file)) {
        searched.lines++;
        if (matches(line)) held.push({ timeMs: timeOfLine(line) ?? 0, line: Buffer.from(line) });
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // Packed, moved or shipped meanwhile.
      if (code !== 'ENOENT') searched.broken.push({ file: file.path, reason: message });
    }
    const [due, rest] = sure(held, files[at + 1], order);
    held = rest;
    for (const { line } of due) {
      if (searched.found >= limit) return;
      searched.found++;
      yield line;
    }
  }
}

/** The matches that no later file can come before, in order; and the others. */
function sure(
  held: Match[],
  next: ArchiveFile | undefined,
  order: SearchOptions['order'],
): [due: Match[], rest: Match[]] {
  const sign = order === 'oldest' ? 1 : -1;
  held.sort((a, b) => sign * (a.timeMs - b.timeMs));
  if (next === undefined) return [held, []];
  const bound = order === 'oldest' ? next.firstMs : next.lastMs;
  const split = held.findIndex(({ timeMs }) => sign * (timeMs - bound) > 0);
  return split < 0 ? [held, []] : [held.slice(0, split), held.slice(split)];
}

function inOrder(files: ArchiveFile[], order: SearchOptions['order']): ArchiveFile[] {
  return order === 'oldest'
    ? files.sort((a, b) => a.firstMs - b.firstMs)
    : files.sort((a, b) => b.lastMs - a.lastMs);
}

async function filesFor({ archiveDirs, spoolDir, filter }: SearchOptions): Promise<ArchiveFile[]> {
  const files: ArchiveFile[] = [];
  for (const archiveDir of archiveDirs) {
    for (const day of await archiveDays(archiveDir)) {
      files.push(...(await filesOfDay(archiveDir, day)).filter((file) => mayHold(file, filter)));
    }
  }
  if (spoolDir !== undefined) files.push(...(await filesOfSpool(spoolDir)));
  return files;
}

/** What is in a pack its name tells; of a segment one can only look. */
function mayHold({ kind, firstMs, lastMs }: ArchiveFile, { fromMs, toMs }: LineFilter): boolean {
  return (
    kind === 'segment' || (lastMs >= (fromMs ?? firstMs) && firstMs < (toMs ?? Number.POSITIVE_INFINITY))
  );
}

async function filesOfSpool(spoolDir: string): Promise<ArchiveFile[]> {
  const files: ArchiveFile[] = [];
  for (const name of await namesIn(spoolDir)) {
    if (!name.endsWith(segmentSuffix) && !name.endsWith(openSuffix)) continue;
    const file = path.join(spoolDir, name);
    const stats = await stat(file).catch(ifMissing);
    if (stats === undefined) continue;
    const firstMs = begunMs(name) ?? stats.mtimeMs;
    const lastMs = Math.max(firstMs, stats.mtimeMs);
    files.push({ path: file, kind: 'segment', day: '', bytes: stats.size, firstMs, lastMs });
  }
  return files;
}
