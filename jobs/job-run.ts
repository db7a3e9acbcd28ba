import type { Logger } from 'pino';
import { holdJobs } from './exclusion.ts';
import { defaultMayTakeMs, type Job, type JobContext, type JobCounts } from './job.ts';
import type { JobLedger } from './ledger.ts';
import type { RunRecord } from './run-store.ts';

export interface JobRunOptions {
  readonly ledger: JobLedger;
  readonly logger: Logger;
  readonly now: () => number;
}

/** One run of a job that was taken: watched over, so that it ends when it has to. */
export class JobRun {
  readonly startedMs: number;
  readonly #job: Job;
  readonly #options: JobRunOptions;
  readonly #abort = new AbortController();
  #cutShort = false;

  constructor(job: Job, options: JobRunOptions) {
    this.#job = job;
    this.#options = options;
    this.startedMs = options.now();
  }

  /** Whether it was told to end before its time: what is left has to be done by another run. */
  get cutShort(): boolean {
    return this.#cutShort;
  }

  /** Tells it to end at its next step. */
  interrupt(): void {
    this.#cutShort = true;
    this.#abort.abort();
  }

  /** Runs the job; the record is there of a failed run too. */
  async run(): Promise<RunRecord> {
    const { logger, now } = this.#options;
    const { name } = this.#job;
    let counts: JobCounts = {};
    let error: string | undefined;
    const unwatch = this.#watch();
    try {
      counts = await this.#runAlone();
    } catch (failure) {
      error = reasonOf(failure);
      logger.error({ job: name, reason: error }, 'the job failed');
    } finally {
      unwatch();
    }
    const outcome = error === undefined ? 'succeeded' : this.#cutShort ? 'interrupted' : 'failed';
    return {
      job: name,
      startedAt: new Date(this.startedMs),
      endedAt: new Date(now()),
      outcome,
      counts,
      error,
    };
  }

  async #runAlone(): Promise<JobCounts> {
    const { excludes = [] } = this.#job;
    if (excludes.length === 0) return this.#job.run(this.#context());
    const release = await holdJobs(this.#options.ledger, excludes, this.#options.now, this.#abort.signal);
    try {
      return await this.#job.run(this.#context());
    } finally {
      await release();
    }
  }

  #context(): JobContext {
    const { logger, now } = this.#options;
    return { logger: logger.child({ job: this.#job.name }), signal: this.#abort.signal, now };
  }

  /** Keeps the job taken, and tells the run to end when it is not any more or takes too long. */
  #watch(): () => void {
    const { ledger, logger } = this.#options;
    const { name, mayTakeMs = defaultMayTakeMs } = this.#job;
    const limit = setTimeout(() => {
      logger.error({ job: name, mayTakeMs }, 'the run takes longer than it may, and is told to end');
      this.#abort.abort(new Error(`It took longer than ${mayTakeMs / 1000} s and was told to end.`));
    }, mayTakeMs);
    limit.unref();
    const renewal =
      ledger.renewEveryMs === undefined
        ? undefined
        : setInterval(() => void this.#renew(), ledger.renewEveryMs).unref();
    return () => {
      clearTimeout(limit);
      clearInterval(renewal);
    };
  }

  /** A database that does not answer says nothing of who has the job: the run goes on. */
  async #renew(): Promise<void> {
    const { ledger, logger } = this.#options;
    const job = this.#job.name;
    try {
      for (const excluded of this.#job.excludes ?? []) await ledger.renew(excluded);
      if ((await ledger.renew(job)) || this.#cutShort) return;
      logger.warn({ job }, 'another back office has taken the job over; the run is told to end');
      this.interrupt();
    } catch (failure) {
      logger.warn({ job, reason: reasonOf(failure) }, 'the lease of the job could not be renewed');
    }
  }
}

export function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
