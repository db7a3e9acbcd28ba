import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import { AnalyticsError } from '../clickhouse/errors.ts';
import { isUnreadableInput } from '../clickhouse/failures.ts';
import type { ClickHouse } from '../clickhouse/handle.ts';
import { whileNobodyInserts } from '../shipping/gate.ts';
import { type ArchiveFile, archiveDays, filesOfDay } from './layout.ts';
import { linesOfFile } from './read.ts';
import { addMissingRows, dropReplayLines, emptyReplayLines, stageLines } from './replay-rows.ts';
import { settlePeriods } from './settle-periods.ts';

export interface ReplayOptions {
  readonly clickhouse: ClickHouse;
  /** Searched one after the other. */
  readonly archiveDirs: readonly string[];
  /** For lines on their way: as much room as a pack takes unpacked. */
  readonly scratchDir: string;
  /** Folders of days to replay, like `2026-11-23`, first and last. Default: all. */
  readonly firstDay?: string | undefined;
  readonly lastDay?: string | undefined;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (counts: ReplayCounts) => void;
}

export interface ReplayCounts {
  files: number;
  /** Files that there are to replay. */
  ofFiles: number;
  lines: number;
  /** Rows that were missing and are there now. */
  added: number;
  /** Files that could not be read or stored to their end. */
  brokenFiles: number;
  /** Hours whose number of events was put right. */
  settledHours: number;
}

/** Segments that are not packed go together up to so many bytes; a pack is as large at most. */
const batchBytes = 64 * 1024 * 1024;

/**
 * Puts into ClickHouse what the archive has and ClickHouse has not. A line is there when as many rows of its type, id,
 * time and marks are; so it does not matter how often this runs, how much was there before, or where an earlier run
 * was broken off. Nothing goes by deduplication tokens, whose window may have passed. Shipping goes on meanwhile:
 * what it carries was never archived, and what is archived it has carried before.
 *
 * Rollups, marks of invalid traffic and attributions are made anew by their jobs. One replay at a time.
 * @throws AnalyticsError where ClickHouse fails; what was added until then stays, and a further run adds the rest
 */
export async function replayArchive(options: ReplayOptions): Promise<ReplayCounts> {
  const { clickhouse, scratchDir, logger, signal, onProgress } = options;
  const files = await filesToReplay(options);
  const counts = { files: 0, ofFiles: files.length, lines: 0, added: 0, brokenFiles: 0, settledHours: 0 };
  // One that a crash has left behind goes first.
  const folder = path.join(scratchDir, 'replay');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    for (const batch of batches(files)) {
      signal?.throwIfAborted();
      const file = path.join(folder, 'lines.jsonl');
      const { lines, broken } = await writeLines(batch, file);
      for (const { name, reason } of broken)
        logger.error({ file: name, reason }, 'a file of the log archive cannot be read to its end');
      counts.brokenFiles += broken.length;
      await replayLines(options, file, lines, batch, counts);
      counts.files += batch.length;
      onProgress?.(counts);
    }
    return counts;
  } finally {
    await dropReplayLines(clickhouse);
    await rm(folder, { recursive: true, force: true });
  }
}

async function replayLines(
  { clickhouse, logger }: ReplayOptions,
  file: string,
  lines: number,
  batch: readonly ArchiveFile[],
  counts: ReplayCounts,
): Promise<void> {
  if (lines === 0) return;
  try {
    await emptyReplayLines(clickhouse);
    await stageLines(clickhouse, file);
  } catch (error) {
    if (!isUnreadableInput(error)) throw error;
    counts.brokenFiles += batch.length;
    // Not the error itself: the engine quotes the line in it.
    const engineCode = error instanceof AnalyticsError ? error.engineCode : undefined;
    const names = batch.map((each) => path.basename(each.path));
    logger.error({ files: names, engineCode }, 'files of the log archive hold lines that cannot be stored');
    return;
  }
  counts.lines += lines;
  await whileNobodyInserts(clickhouse, async () => {
    counts.added += await addMissingRows(clickhouse);
    counts.settledHours += await settlePeriods(clickhouse);
  });
}

async function filesToReplay({ archiveDirs, firstDay, lastDay }: ReplayOptions): Promise<ArchiveFile[]> {
  const files: ArchiveFile[] = [];
  for (const archiveDir of archiveDirs) {
    for (const day of await archiveDays(archiveDir)) {
      if (day < (firstDay ?? day) || day > (lastDay ?? day)) continue;
      files.push(...(await filesOfDay(archiveDir, day)));
    }
  }
  return files.sort((a, b) => a.firstMs - b.firstMs);
}

function* batches(files: readonly ArchiveFile[]): Generator<ArchiveFile[]> {
  let batch: ArchiveFile[] = [];
  let bytes = 0;
  for (const file of files) {
    if (batch.length > 0 && (file.kind === 'pack' || bytes + file.bytes > batchBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    // A pack goes alone: nobody knows what it holds unpacked, but that it is no more than a batch.
    bytes += file.kind === 'pack' ? batchBytes : file.bytes;
  }
  if (batch.length > 0) yield batch;
}

interface Written {
  lines: number;
  readonly broken: { readonly name: string; readonly reason: string }[];
}

/** Writes the lines of all files into one; of a file that is damaged, those before the damage. */
async function writeLines(batch: readonly ArchiveFile[], target: string): Promise<Written> {
  const written: Written = { lines: 0, broken: [] };
  const source = Readable.from(readable(batch, written), { objectMode: true, highWaterMark: 64 });
  await pipeline(source, createWriteStream(target, { highWaterMark: 1024 * 1024 }));
  return written;
}

async function* readable(batch: readonly ArchiveFile[], written: Written): AsyncGenerator<Buffer> {
  for (const file of batch) {
    try {
      for await (const line of linesOfFile(file)) {
        if (line.at(-1) !== 0x0a) throw new Error('it ends in the middle of a line');
        written.lines++;
        yield line;
      }
    } catch (error) {
      written.broken.push({ name: path.basename(file.path), reason: (error as Error).message });
    }
  }
}
