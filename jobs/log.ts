import { join } from 'node:path';
import {
  type ClickHouse,
  expireArchive,
  isRunning,
  limitSpool,
  packArchive,
  sealAbandoned,
  shipSegments,
} from '../analytics/index.ts';
import type { Job } from './job.ts';

/** What becomes of the log on this machine. */
export interface LogKeeping {
  readonly spoolMaxBytes: number;
  /** 0: nothing is archived. */
  readonly archiveDays: number;
  /** Takes what is older. */
  readonly storeDir: string | undefined;
}

const spoolOf = (dataDir: string): string => join(dataDir, 'spool');
const archiveOf = (dataDir: string): string => join(dataDir, 'archive');

/** Carries sealed log segments into ClickHouse; first seals those that an ended process left open. */
export function shipJob(clickhouse: ClickHouse, dataDir: string, { archiveDays }: LogKeeping): Job {
  const spoolDir = spoolOf(dataDir);
  const archiveDir = archiveDays === 0 ? undefined : archiveOf(dataDir);
  return {
    name: 'ship',
    description: 'Carries the event log into ClickHouse, each event exactly once.',
    schedule: '*/2 * * * * *',
    run: async ({ logger, signal }) => {
      const { sealed, tornBytes } = await sealAbandoned(spoolDir, isRunning);
      const shipped = await shipSegments({ clickhouse, spoolDir, archiveDir, logger, signal });
      return { ...shipped, sealed, tornBytes };
    },
  };
}

/** Gives up events where more wait for ClickHouse than may: better some page views than every event on a full disk. */
export function spoolLimitJob(clickhouse: ClickHouse, dataDir: string, { spoolMaxBytes }: LogKeeping): Job {
  const stripped = new Set<string>();
  return {
    name: 'spool-limit',
    description:
      'Keeps the log that waits for ClickHouse within SPOOL_MAX_BYTES, at the cost of page views first.',
    schedule: '*/5 * * * * *',
    run: async ({ logger, now, signal }) => {
      const spoolDir = spoolOf(dataDir);
      const counts = await limitSpool({
        clickhouse,
        spoolDir,
        maxBytes: spoolMaxBytes,
        stripped,
        now,
        signal,
      });
      if (counts.pageViews + counts.moneyEvents > 0)
        logger.error({ ...counts, spoolMaxBytes }, 'too much waits for ClickHouse: events were given up');
      return { ...counts };
    },
  };
}

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
