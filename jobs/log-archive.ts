import { expireArchive, packArchive } from '../analytics/index.ts';
import type { Job } from './job.ts';
import { archiveOf, type LogKeeping, spoolOf } from './log-keeping.ts';

/** Packs the archive, and takes out of it what is older than it keeps. */
export function logArchiveJob(dataDir: string, { archiveDays, storeDir }: LogKeeping): Job {
  const archiveDir = archiveOf(dataDir);
  return {
    name: 'log-archive',
    description:
      'Compresses the log that ClickHouse has, and moves or deletes what is older than LOG_ARCHIVE_DAYS.',
    schedule: '25 * * * * *',
    run: async ({ now, signal }) => ({
      ...(await packArchive({ archiveDir, spoolDir: spoolOf(dataDir), nowMs: now(), signal })),
      ...(await expire(now(), signal)),
    }),
  };

  async function expire(nowMs: number, signal: AbortSignal) {
    const { bytes, ...files } = await expireArchive({
      archiveDir,
      days: archiveDays,
      storeDir,
      nowMs,
      signal,
    });
    return { ...files, expiredBytes: bytes };
  }
}
