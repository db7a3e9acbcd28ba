/** Where a job stands. */
export interface JobStanding {
  /** The times of its schedule up to this one are done with; milliseconds since 1970, as all here. */
  readonly coveredUntilMs: number;
  readonly lastSuccessMs: number | undefined;
  /** In a row, since it last succeeded. */
  readonly failures: number;
  /** The reason of the last of them. */
  readonly error: string | undefined;
  readonly nextTryMs: number | undefined;
}

/** What a run came to. `nextTryMs` after a failure only. */
export type Ending =
  | { readonly outcome: 'succeeded'; readonly atMs: number }
  | { readonly outcome: 'failed'; readonly error: string; readonly nextTryMs: number }
  | { readonly outcome: 'interrupted' };

/** Who may run a job, and how far it has come: kept by all schedulers that share it. */
export interface JobLedger {
  /** Milliseconds between two signs of life of a run; undefined where none are needed. */
  readonly renewEveryMs: number | undefined;
  /** Standings by job. Jobs that are not known yet begin at `nowMs`: they have missed nothing. */
  standings(jobs: readonly string[], nowMs: number): Promise<ReadonlyMap<string, JobStanding>>;
  /**
   * Takes the job for a run. With `dueMs`, only where that time is not done with and no pause after a failure lasts at
   * `nowMs`.
   */
  take(job: string, nowMs: number, dueMs: number | undefined): Promise<boolean>;
  /** Says that the run goes on. False: somebody else has the job by now. */
  renew(job: string): Promise<boolean>;
  /** Writes down how the run ended, and lets the job go. Changes nothing where somebody else has it by now. */
  end(job: string, ending: Ending): Promise<void>;
}

/** The standing after a run. */
export function standingAfter(before: JobStanding, ending: Ending): JobStanding {
  if (ending.outcome === 'interrupted') return before;
  if (ending.outcome === 'failed') {
    const { error, nextTryMs } = ending;
    return { ...before, failures: before.failures + 1, error, nextTryMs };
  }
  return {
    coveredUntilMs: ending.atMs,
    lastSuccessMs: ending.atMs,
    failures: 0,
    error: undefined,
    nextTryMs: undefined,
  };
}

/** What is written down of a time further ahead than this comes from a clock that was set back since. */
export const clockToleranceMs = 60_000;
/** Longer than any pause after a failure. */
export const longestPauseMs = 3_600_000;

/** Whether a time of the schedule is done with. */
export function isCovered({ coveredUntilMs }: JobStanding, nowMs: number, dueMs: number): boolean {
  return coveredUntilMs >= dueMs && coveredUntilMs <= nowMs + clockToleranceMs;
}

/** Whether a failed job has to wait. */
export function isPausing({ nextTryMs = 0 }: JobStanding, nowMs: number): boolean {
  return nextTryMs > nowMs && nextTryMs <= nowMs + longestPauseMs;
}

/** In memory: of one machine's own jobs, which nobody else runs, and of which a fresh process has to know nothing. */
export class OwnLedger implements JobLedger {
  readonly renewEveryMs = undefined;
  readonly #standings = new Map<string, JobStanding>();

  async standings(jobs: readonly string[], nowMs: number): Promise<ReadonlyMap<string, JobStanding>> {
    for (const job of jobs) {
      if (!this.#standings.has(job)) this.#standings.set(job, freshStanding(nowMs));
    }
    return this.#standings;
  }

  async take(job: string, nowMs: number, dueMs: number | undefined): Promise<boolean> {
    const standing = this.#standings.get(job);
    return standing === undefined || dueMs === undefined || !isPausing(standing, nowMs);
  }

  async renew(): Promise<boolean> {
    return true;
  }

  async end(job: string, ending: Ending): Promise<void> {
    const before = this.#standings.get(job);
    if (before !== undefined) this.#standings.set(job, standingAfter(before, ending));
  }
}

function freshStanding(coveredUntilMs: number): JobStanding {
  return {
    coveredUntilMs,
    lastSuccessMs: undefined,
    failures: 0,
    error: undefined,
    nextTryMs: undefined,
  };
}
