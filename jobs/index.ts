import type { ClickHouse, TrafficRates } from '../analytics/index.ts';
import type { GeoDbUpdater } from '../geo-db/index.ts';
import type {
  BackupParts,
  Database,
  DeliveryParts,
  DemoTrafficParts,
  MailParts,
  PacingOffice,
  ScanParts,
} from '../server/index.ts';
import { auditLogJob } from './audit-log.ts';
import { backupJob } from './backup.ts';
import { conversionsJob } from './conversions.ts';
import { dayKeysJob } from './day-keys.ts';
import { demoTrafficJob } from './demo-traffic.ts';
import { invalidTrafficJob } from './invalid-traffic.ts';
import type { Job } from './job.ts';
import { leftoversJob } from './leftovers.ts';
import { locationDatabaseJob } from './location-database.ts';
import { logArchiveJob } from './log-archive.ts';
import type { LogKeeping } from './log-keeping.ts';
import { mailJob } from './mail.ts';
import { learnPacingJob, reconcilePacingJob } from './pacing.ts';
import { privacyReportJob } from './privacy-report.ts';
import { reportsJob } from './reports.ts';
import { type KeptDays, retentionJob } from './retention.ts';
import { rollupJob } from './rollup.ts';
import { runHistoryJob } from './run-history.ts';
import type { DatabaseRunStore } from './run-store.ts';
import { shipJob } from './ship.ts';
import { signingKeysJob } from './signing-keys.ts';
import { spoolLimitJob } from './spool-limit.ts';

export type { Job, JobContext, JobCounts } from './job.ts';
export type { JobState } from './job-state.ts';
export { type JobLedger, OwnLedger } from './ledger.ts';
export type { LogKeeping } from './log-keeping.ts';
export { jobProblems } from './problems.ts';
export { DatabaseRunStore, type RunRecord, type RunStore } from './run-store.ts';
export { Scheduler, type SchedulerOptions } from './scheduler.ts';
export { SharedLedger } from './shared-ledger.ts';
export type { RunTally } from './tally.ts';

export interface JobParts {
  readonly db: Database['db'];
  readonly clickhouse: ClickHouse;
  readonly dataDir: string;
  readonly store: DatabaseRunStore;
  readonly locations: GeoDbUpdater;
  readonly log: LogKeeping;
  readonly privacy: ScanParts;
  /** Of the jobs that run at night. */
  readonly timeZone: string;
}

export interface OfficeJobParts extends JobParts {
  /** What is too often to be counted. */
  readonly rates: TrafficRates;
  readonly pacing: PacingOffice;
  readonly reports: DeliveryParts;
  /** For how long things are kept; `runs`: the record of job runs; `audit`: the audit log. */
  readonly keptDays: KeptDays & { readonly runs: number; readonly audit: number };
  readonly backup: BackupParts;
  /** undefined: none. */
  readonly demoTraffic: DemoTrafficParts | undefined;
  readonly mails: MailParts;
  /** A time of day like `02:30`, or `off`. */
  readonly backupAt: string;
}

/** What every machine that delivers does for itself. */
export function machineJobs(parts: JobParts): readonly Job[] {
  const { db, clickhouse, dataDir, locations, log } = parts;
  return [
    shipJob(clickhouse, dataDir, log),
    spoolLimitJob(clickhouse, dataDir, log),
    logArchiveJob(dataDir, log),
    dayKeysJob(db, dataDir),
    signingKeysJob(db, dataDir),
    locationDatabaseJob(locations),
    privacyReportJob(parts.privacy, parts.timeZone),
  ];
}

/** Every job of the product: what the back office does, its own machine's jobs included. */
export function allJobs(parts: OfficeJobParts): readonly Job[] {
  const shared = [
    invalidTrafficJob(parts.clickhouse, parts.rates),
    rollupJob(parts.clickhouse),
    conversionsJob(parts.db, parts.clickhouse),
    reconcilePacingJob(parts),
    learnPacingJob(parts),
    reportsJob(parts.reports),
    mailJob(parts.mails),
    ...(parts.demoTraffic === undefined ? [] : [demoTrafficJob(parts.demoTraffic)]),
    backupJob(parts.backup, parts.backupAt, parts.timeZone),
    retentionJob(parts.clickhouse, parts.keptDays, parts.timeZone),
    runHistoryJob(parts.store, parts.keptDays.runs, parts.timeZone),
    leftoversJob(parts.db, parts.timeZone),
    auditLogJob(parts.db, parts.keptDays.audit, parts.timeZone),
  ];
  return [...machineJobs(parts), ...shared.map((job) => ({ ...job, shared: true }))];
}
