import { rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { moveFile } from './files.ts';
import { archiveDays, filesOfDay, namesIn } from './layout.ts';

export interface ExpiryOptions {
  readonly archiveDir: string;
  /** Whole days that stay, today not among them. */
  readonly days: number;
  /** A folder that takes what is too old. Default: it is deleted. */
  readonly storeDir: string | undefined;
  readonly nowMs: number;
  readonly signal?: AbortSignal;
}

export interface ExpiryCounts {
  movedFiles: number;
  deletedFiles: number;
  bytes: number;
}

const dayMs = 86_400_000;

/**
 * Takes days out of the archive that are older than it keeps: packs go to the store, under the same folder and name, or
 * away. A day whose segments are not packed yet waits for that.
 */
export async function expireArchive(options: ExpiryOptions): Promise<ExpiryCounts> {
  const { archiveDir, days, storeDir, nowMs, signal } = options;
  const counts: ExpiryCounts = { movedFiles: 0, deletedFiles: 0, bytes: 0 };
  for (const day of await archiveDays(archiveDir)) {
    if (Date.parse(day) + (days + 1) * dayMs > nowMs) continue;
    const folder = path.join(archiveDir, day);
    for (const file of await filesOfDay(archiveDir, day)) {
      if (signal?.aborted === true) return counts;
      if (storeDir === undefined) {
        await rm(file.path, { force: true });
        counts.deletedFiles++;
      } else if (file.kind === 'pack') {
        await moveFile(file.path, path.join(storeDir, day, path.basename(file.path)));
        counts.movedFiles++;
      } else continue;
      counts.bytes += file.bytes;
    }
    if ((await namesIn(folder)).length === 0) await rmdir(folder);
  }
  return counts;
}
