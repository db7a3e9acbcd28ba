import { defaultMayTakeMs, type Job } from './job.ts';
import type { JobStanding } from './ledger.ts';
import type { RunRecord } from './run-store.ts';
import type { RunTally } from './tally.ts';

/** Everything there is to know of a job, for the API, readiness and metrics. */
export interface JobState {
  readonly name: string;
  readonly description: string;
  readonly schedule: string | null;
  readonly timeZone: string;
  /** Whether one back office does it for the whole installation. */
  readonly shared: boolean;
  /** Whether it can say what it would do. */
  readonly plannable: boolean;
  readonly mayTakeMs: number;
  readonly running: boolean;
  /** Milliseconds since 1970; undefined while it does not run here. */
  readonly runningSinceMs: number | undefined;
  /** The last run of this process. */
  readonly last: RunRecord | undefined;
  /** Of whichever process, for shared jobs; milliseconds since 1970. */
  readonly lastSuccessMs: number | undefined;
  /** Since when it is due without having succeeded; undefined where it is not. */
  readonly dueSinceMs: number | undefined;
  /** Seconds since then; 0 where it is not due. */
  readonly latenessS: number;
  /** In a row, since it last succeeded. */
  readonly failures: number;
  readonly error: string | undefined;
  readonly nextTryMs: number | undefined;
  /** Runs of this process. */
  readonly runs: RunTally;
}

export interface StateParts {
  readonly job: Job;
  readonly standing: JobStanding | undefined;
  readonly runningSinceMs: number | undefined;
  readonly dueSinceMs: number | undefined;
  readonly last: RunRecord | undefined;
  readonly runs: RunTally;
}

export function stateOf(parts: StateParts, nowMs: number): JobState {
  const { job, standing, runningSinceMs, dueSinceMs, last, runs } = parts;
  return {
    name: job.name,
    description: job.description,
    schedule: job.schedule,
    timeZone: job.timeZone ?? 'UTC',
    shared: job.shared === true,
    plannable: job.plan !== undefined,
    mayTakeMs: job.mayTakeMs ?? defaultMayTakeMs,
    running: runningSinceMs !== undefined,
    runningSinceMs,
    last,
    lastSuccessMs: standing?.lastSuccessMs,
    dueSinceMs,
    latenessS: dueSinceMs === undefined ? 0 : Math.max(0, nowMs - dueSinceMs) / 1000,
    failures: standing?.failures ?? 0,
    error: standing?.error,
    nextTryMs: standing?.nextTryMs,
    runs,
  };
}
