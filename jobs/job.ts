import type { Logger } from 'pino';

export interface JobContext {
  readonly logger: Logger;
  /** Aborted when the process ends; a long job stops at its next step. */
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
  /** node-cron expression with seconds, in UTC. */
  readonly schedule: string;
  /** Rejects where the run failed; whatever it did until then has to be safe to do again. */
  run(context: JobContext): Promise<JobCounts>;
}
