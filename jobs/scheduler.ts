import { type ScheduledTask, schedule } from 'node-cron';
import type { Logger } from 'pino';
import { watchClockSteps } from './clock-steps.ts';
import type { Job, JobCounts } from './job.ts';
import type { RunRecord, RunStore } from './run-store.ts';

export interface SchedulerOptions {
  readonly jobs: readonly Job[];
  readonly store: RunStore;
  readonly logger: Logger;
  readonly now?: () => number;
}

export interface JobState {
  readonly name: string;
  readonly description: string;
  readonly schedule: string;
  readonly running: boolean;
  readonly last: RunRecord | undefined;
}

/** Runs jobs by their schedules. A job never overlaps itself: what falls due while it runs is left out. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #tasks: ScheduledTask[] = [];
  readonly #running = new Map<string, Promise<RunRecord>>();
  readonly #last = new Map<string, RunRecord>();
  readonly #stopping = new AbortController();
  #stopWatchingClock: () => void = () => undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  start(): void {
    for (const job of this.#options.jobs) {
      const task = schedule(job.schedule, () => void this.#runUnlessRunning(job), {
        name: job.name,
        timezone: 'UTC',
      });
      this.#tasks.push(task);
    }
    this.#stopWatchingClock = watchClockSteps(() => void this.#reckonAnew());
  }

  /**
   * Runs a job now, or joins the run that is under way.
   * @returns the run's record, also of a failed one; undefined where there is no such job.
   */
  runNow(name: string): Promise<RunRecord> | undefined {
    const job = this.#options.jobs.find((candidate) => candidate.name === name);
    return job === undefined ? undefined : this.#runUnlessRunning(job);
  }

  states(): readonly JobState[] {
    return this.#options.jobs.map(({ name, description, schedule: expression }) => ({
      name,
      description,
      schedule: expression,
      running: this.#running.has(name),
      last: this.#last.get(name),
    }));
  }

  /** No further runs, also when asked for; resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#stopWatchingClock();
    for (const task of this.#tasks) await task.destroy();
    await Promise.all(this.#running.values());
  }

  async #reckonAnew(): Promise<void> {
    this.#options.logger.warn('the clock was set: jobs are scheduled anew');
    for (const task of this.#tasks) {
      await task.stop();
      if (!this.#stopping.signal.aborted) await task.start();
    }
  }

  #runUnlessRunning(job: Job): Promise<RunRecord> {
    const underWay = this.#running.get(job.name);
    if (underWay !== undefined) return underWay;
    if (this.#stopping.signal.aborted) return Promise.resolve(this.#notRun(job));
    const run = this.#run(job).finally(() => this.#running.delete(job.name));
    this.#running.set(job.name, run);
    return run;
  }

  #notRun({ name }: Job): RunRecord {
    const at = new Date((this.#options.now ?? Date.now)());
    const error = 'The process is ending; the job was not started.';
    return { job: name, startedAt: at, endedAt: at, outcome: 'interrupted', counts: {}, error };
  }

  async #run(job: Job): Promise<RunRecord> {
    const { logger, now = Date.now } = this.#options;
    const startedAt = new Date(now());
    let counts: JobCounts = {};
    let error: string | undefined;
    try {
      counts = await job.run({ logger: logger.child({ job: job.name }), signal: this.#stopping.signal, now });
    } catch (failure) {
      error = failure instanceof Error ? failure.message : String(failure);
      logger.error({ job: job.name, reason: error }, 'the job failed');
    }
    const outcome =
      error === undefined ? 'succeeded' : this.#stopping.signal.aborted ? 'interrupted' : 'failed';
    const record: RunRecord = { job: job.name, startedAt, endedAt: new Date(now()), outcome, counts, error };
    await this.#keep(record);
    return record;
  }

  /** A database that is down must not stop the jobs that do without it. */
  async #keep(record: RunRecord): Promise<void> {
    this.#last.set(record.job, record);
    try {
      await this.#options.store.keep(record);
    } catch (failure) {
      const reason = failure instanceof Error ? failure.message : String(failure);
      this.#options.logger.warn({ job: record.job, reason }, 'the run could not be stored');
    }
  }
}
