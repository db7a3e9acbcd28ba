import type { Logger } from 'pino';

export interface JobContext {
  readonly logger: Logger;
  /**
   * Aborted when the process ends, when the run takes longer than it may, and when another back office has taken the
   * job over; a long job stops at its next step.
   */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What a run did, by name, like `{ segments: 3, rows: 1200 }`. All zero, or empty: there was nothing to do. */
export type JobCounts = Readonly<Record<string, number>>;

export interface Job {
  /** Stable: history and API know the job by it. */
  readonly name: string;
  readonly description: string;
  /** node-cron expression with seconds; null: only when asked for. */
  readonly schedule: string | null;
  /** IANA name of the zone that the schedule is in. Default: UTC. */
  readonly timeZone?: string;
  /** How long a run may take; then it is told to end, and readiness says so. Default: ten minutes. */
  readonly mayTakeMs?: number;
  /** The longest pause before a failed job is tried again. Default: 15 minutes. */
  readonly longestRetryMs?: number;
  /**
   * Work of the whole installation: of several back offices one does it, and what was missed while none ran is made
   * up for. Without, each machine does it for itself, soon after its start.
   */
  readonly shared?: boolean;
  /** Shared jobs that must not run meanwhile: those under way are waited for, those that fall due wait. */
  readonly excludes?: readonly string[];
  /** Rejects where the run failed; whatever it did until then has to be safe to do again. */
  run(context: JobContext): Promise<JobCounts>;
  /** What `run` would do now, counted under the same names where they are known; changes nothing. */
  plan?(context: JobContext): Promise<JobCounts>;
}

export const defaultMayTakeMs = 600_000;
export const defaultLongestRetryMs = 900_000;
