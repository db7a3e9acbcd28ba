import type { ClickHouse } from '../analytics/index.ts';
import type { Database } from '../server/index.ts';
import { dayKeysJob } from './day-keys.ts';
import type { Job } from './job.ts';
import { rollupJob } from './rollup.ts';
import { runHistoryJob } from './run-history.ts';
import type { DatabaseRunStore } from './run-store.ts';
import { shipJob } from './ship.ts';
import { signingKeysJob } from './signing-keys.ts';

export type { Job, JobContext, JobCounts } from './job.ts';
export { DatabaseRunStore, type RunRecord, type RunStore } from './run-store.ts';
export { type JobState, Scheduler, type SchedulerOptions } from './scheduler.ts';

/** Every job of the product. */
export function allJobs(parts: {
  db: Database['db'];
  clickhouse: ClickHouse;
  dataDir: string;
  store: DatabaseRunStore;
}): readonly Job[] {
  return [
    shipJob(parts.clickhouse, parts.dataDir),
    rollupJob(parts.clickhouse),
    dayKeysJob(parts.db, parts.dataDir),
    signingKeysJob(parts.db, parts.dataDir),
    runHistoryJob(parts.store),
  ];
}
