import type { ClickHouse, TrafficRates } from '../analytics/index.ts';
import type { GeoDbUpdater } from '../geo-db/index.ts';
import type { Database, PacingOffice } from '../server/index.ts';
import { conversionsJob } from './conversions.ts';
import { dayKeysJob } from './day-keys.ts';
import { invalidTrafficJob } from './invalid-traffic.ts';
import type { Job } from './job.ts';
import { locationDatabaseJob } from './location-database.ts';
import { logArchiveJob } from './log-archive.ts';
import type { LogKeeping } from './log-keeping.ts';
import { learnPacingJob, reconcilePacingJob } from './pacing.ts';
import { rollupJob } from './rollup.ts';
import { runHistoryJob } from './run-history.ts';
import type { DatabaseRunStore } from './run-store.ts';
import { shipJob } from './ship.ts';
import { signingKeysJob } from './signing-keys.ts';
import { spoolLimitJob } from './spool-limit.ts';

export type { Job, JobContext, JobCounts } from './job.ts';
export type { LogKeeping } from './log-keeping.ts';
export { DatabaseRunStore, type RunRecord, type RunStore } from './run-store.ts';
export { type JobState, Scheduler, type SchedulerOptions } from './scheduler.ts';

export interface JobParts {
  readonly db: Database['db'];
  readonly clickhouse: ClickHouse;
  readonly dataDir: string;
  readonly store: DatabaseRunStore;
  readonly locations: GeoDbUpdater;
  readonly log: LogKeeping;
}

export interface OfficeJobParts extends JobParts {
  /** What is too often to be counted. */
  readonly rates: TrafficRates;
  readonly pacing: PacingOffice;
}

/** What every machine that delivers does for itself. */
export function machineJobs({ db, clickhouse, dataDir, locations, log }: JobParts): readonly Job[] {
  return [
    shipJob(clickhouse, dataDir, log),
    spoolLimitJob(clickhouse, dataDir, log),
    logArchiveJob(dataDir, log),
    dayKeysJob(db, dataDir),
    signingKeysJob(db, dataDir),
    locationDatabaseJob(locations),
  ];
}

/** Every job of the product: what the back office does, its own machine's jobs included. */
export function allJobs(parts: OfficeJobParts): readonly Job[] {
  return [
    ...machineJobs(parts),
    invalidTrafficJob(parts.clickhouse, parts.rates),
    rollupJob(parts.clickhouse),
    conversionsJob(parts.db, parts.clickhouse),
    reconcilePacingJob(parts),
    learnPacingJob(parts),
    runHistoryJob(parts.store),
  ];
}
