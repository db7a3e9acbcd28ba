import { type ClickHouse, isRunning, sealAbandoned, shipSegments, spoolBacklog } from '../analytics/index.ts';
import type { Job } from './job.ts';
import { archiveOf, type LogKeeping, spoolOf } from './log-keeping.ts';

/** Carries sealed log segments into ClickHouse; first seals those that an ended process left open. */
export function shipJob(
  clickhouse: ClickHouse,
  dataDir: string,
  { archiveDays, onShipped }: LogKeeping,
): Job {
  const spoolDir = spoolOf(dataDir);
  const archiveDir = archiveDays === 0 ? undefined : archiveOf(dataDir);
  return {
    name: 'ship',
    description: 'Carries the event log into ClickHouse, each event exactly once.',
    schedule: '*/2 * * * * *',
    longestRetryMs: 2000,
    run: async ({ logger, signal }) => {
      const { sealed, tornBytes } = await sealAbandoned(spoolDir, isRunning);
      const shipped = await shipSegments({
        clickhouse,
        spoolDir,
        archiveDir,
        logger,
        signal,
        ...(onShipped && { onShipped }),
      });
      return { ...shipped, sealed, tornBytes };
    },
    plan: async () => {
      const { segments, bytes } = await spoolBacklog(spoolDir);
      return { segments, bytes };
    },
  };
}
