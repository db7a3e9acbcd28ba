import { type ClickHouse, limitSpool } from '../analytics/index.ts';
import type { Job } from './job.ts';
import { type LogKeeping, spoolOf } from './log-keeping.ts';

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
