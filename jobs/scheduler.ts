import { type ScheduledTask, schedule } from 'node-cron';
import type { Logger } from 'pino';
import { AppError } from '../server/index.ts';
import { pauseAfter } from './backoff.ts';
import { watchClockSteps } from './clock-steps.ts';
import { dueBetween } from './cron.ts';
import { defaultLongestRetryMs, type Job, type JobCounts } from './job.ts';
import { JobRun, reasonOf } from './job-run.ts';
import { type JobState, stateOf } from './job-state.ts';
import { type Ending, isCovered, isPausing, type JobLedger, type JobStanding, OwnLedger } from './ledger.ts';
import type { RunRecord, RunStore } from './run-store.ts';
import { noRuns, type RunTally, withRun } from './tally.ts';

/** How often is looked for jobs that were missed, that failed, or that another back office did. */
const lookEveryMs = 5000;

export interface SchedulerOptions {
  readonly jobs: readonly Job[];
  readonly store: RunStore;
  readonly logger: Logger;
  readonly now?: () => number;
  /** Of the shared jobs. Default: in memory, as those of the machine, so that nothing is made up for. */
  readonly shared?: JobLedger;
}

/** A job, and what this process knows of it. */
interface Entry {
  readonly job: Job;
  readonly ledger: JobLedger;
  /** Times of its schedule that are not done with, as far as this process knows. */
  due: { firstMs: number; lastMs: number } | undefined;
  standing: JobStanding | undefined;
  running: { readonly record: Promise<RunRecord | undefined>; run: JobRun | undefined } | undefined;
  last: RunRecord | undefined;
  tally: RunTally;
}

/**
 * Runs jobs by their schedules. A job never overlaps itself: what falls due while it runs is left out. One that failed
 * is tried again, with growing pauses; a shared one that no back office has run in its time is run as soon as one can.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #shared: JobLedger;
  readonly #tasks: ScheduledTask[] = [];
  #looker: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #lookedBack = false;
  #stopping = false;
  #stopWatchingClock: () => void = () => undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    const own = new OwnLedger();
    this.#shared = options.shared ?? own;
    const entry = (job: Job): [string, Entry] => {
      const ledger = job.shared === true ? this.#shared : own;
      const nothing = { due: undefined, standing: undefined, running: undefined, last: undefined };
      return [job.name, { job, ledger, ...nothing, tally: noRuns }];
    };
    this.#entries = new Map(options.jobs.map(entry));
  }

  start(): void {
    for (const entry of this.#entries.values()) {
      const { name, schedule: expression, timeZone = 'UTC' } = entry.job;
      if (expression === null) continue;
      const fire = (atMs: number) => this.#fallsDue(entry, atMs);
      const task = schedule(expression, ({ date }) => fire(date.getTime()), {
        name,
        timezone: timeZone,
        suppressMissedWarning: true,
      });
      // After a sleep of the machine, or a long halt of the process.
      task.on('execution:missed', ({ date }) => fire(date.getTime()));
      this.#tasks.push(task);
    }
    this.#stopWatchingClock = watchClockSteps(() => void this.#reckonAnew());
    this.#looker = setInterval(() => this.#look(), lookEveryMs).unref();
    this.#look();
  }

  /**
   * Runs a job now, due or not, or joins the run that is under way.
   * @returns the run's record, also of a failed one; undefined where there is no such job. Rejects with `conflict`
   * where another back office runs it.
   */
  runNow(name: string): Promise<RunRecord> | undefined {
    const entry = this.#entries.get(name);
    return entry === undefined ? undefined : this.#runNow(entry);
  }

  /**
   * What a job would do now.
   * @returns undefined where there is no such job. Rejects with `invalid_input` where it cannot tell.
   */
  planNow(name: string): Promise<JobCounts> | undefined {
    const entry = this.#entries.get(name);
    return entry === undefined ? undefined : this.#plan(entry.job);
  }

  /** What is known of each job; the one place that API, readiness and metrics take it from. */
  states(): readonly JobState[] {
    const nowMs = this.#now();
    return [...this.#entries.values()].map(({ job, standing, running, due, last, tally: runs }) => {
      const runningSinceMs = running === undefined ? undefined : (running.run?.startedMs ?? nowMs);
      return stateOf({ job, standing, runningSinceMs, dueSinceMs: due?.firstMs, last, runs }, nowMs);
    });
  }

  /** No further runs, also when asked for; resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#looker);
    this.#stopWatchingClock();
    for (const { running } of this.#entries.values()) running?.run?.interrupt();
    for (const task of this.#tasks) await task.destroy();
    await this.#looking;
    await Promise.all([...this.#entries.values()].map(({ running }) => running?.record));
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  async #reckonAnew(): Promise<void> {
    this.#options.logger.warn('the clock was set: jobs are scheduled anew');
    for (const task of this.#tasks) {
      await task.stop();
      if (!this.#stopping) await task.start();
    }
  }

  #fallsDue(entry: Entry, atMs: number): void {
    entry.due = { firstMs: Math.min(entry.due?.firstMs ?? atMs, atMs), lastMs: atMs };
    this.#runDue(entry);
  }

  /** Runs a job that is due, unless it runs already or is in the pause after a failure. */
  #runDue(entry: Entry): void {
    const { due, standing, running } = entry;
    if (due === undefined || running !== undefined || this.#stopping) return;
    if (standing !== undefined && isPausing(standing, this.#now())) return;
    void this.#begin(entry, due.lastMs).catch((failure) => {
      const reason = reasonOf(failure);
      this.#options.logger.warn({ job: entry.job.name, reason }, 'the job could not be taken');
    });
  }

  /** One look after the other. */
  #look(): void {
    this.#looking = this.#looking.then(() => this.#lookOnce());
  }

  async #lookOnce(): Promise<void> {
    if (this.#stopping) return;
    const shared = [...this.#entries.values()].filter(({ job }) => job.shared === true);
    try {
      const names = shared.map(({ job }) => job.name);
      const standings = await this.#shared.standings(names, this.#now());
      for (const entry of shared) this.#learn(entry, standings.get(entry.job.name));
      if (!this.#lookedBack) for (const entry of shared) this.#lookBack(entry);
      this.#lookedBack = true;
    } catch (failure) {
      this.#options.logger.warn({ reason: reasonOf(failure) }, 'what is due of the shared jobs is not known');
    }
    for (const entry of this.#entries.values()) this.#runDue(entry);
  }

  /** What fell due while nothing ran. */
  #lookBack(entry: Entry): void {
    const { job, standing } = entry;
    if (standing === undefined || job.schedule === null) return;
    const missed = dueBetween(job.schedule, job.timeZone ?? 'UTC', standing.coveredUntilMs, this.#now());
    if (missed === undefined) return;
    entry.due = { firstMs: missed.firstMs, lastMs: Math.max(missed.lastMs, entry.due?.lastMs ?? 0) };
  }

  #learn(entry: Entry, standing: JobStanding | undefined): void {
    entry.standing = standing;
    if (entry.due === undefined || standing === undefined) return;
    if (isCovered(standing, this.#now(), entry.due.lastMs)) entry.due = undefined;
  }

  async #runNow(entry: Entry): Promise<RunRecord> {
    const joined = entry.running === undefined ? undefined : await entry.running.record;
    if (joined !== undefined) return joined;
    if (this.#stopping) return this.#notRun(entry.job);
    const record = await (entry.running?.record ?? this.#begin(entry, undefined));
    if (record !== undefined) return record;
    throw new AppError(
      'conflict',
      `The job "${entry.job.name}" cannot run now: another back office runs it, or a job that it must not run beside.`,
    );
  }

  async #plan({ name, plan }: Job): Promise<JobCounts> {
    if (plan === undefined) {
      throw new AppError('invalid_input', `The job "${name}" cannot tell beforehand what it will do.`);
    }
    const { logger, now = Date.now } = this.#options;
    return plan({ logger: logger.child({ job: name }), signal: AbortSignal.timeout(60_000), now });
  }

  #begin(entry: Entry, dueMs: number | undefined): Promise<RunRecord | undefined> {
    const running: { record: Promise<RunRecord | undefined>; run: JobRun | undefined } = {
      run: undefined,
      record: Promise.resolve(undefined),
    };
    entry.running = running;
    running.record = this.#takeAndRun(entry, dueMs, (run) => {
      running.run = run;
    }).finally(() => {
      entry.running = undefined;
    });
    return running.record;
  }

  /** Undefined where the job was not to be had. */
  async #takeAndRun(
    entry: Entry,
    dueMs: number | undefined,
    began: (run: JobRun) => void,
  ): Promise<RunRecord | undefined> {
    const { job, ledger } = entry;
    const { logger, now = Date.now } = this.#options;
    entry.standing = (await ledger.standings([job.name], (dueMs ?? now()) - 1)).get(job.name);
    if (!(await ledger.take(job.name, now(), dueMs))) return undefined;
    const run = new JobRun(job, { ledger, logger, now });
    began(run);
    if (this.#stopping) run.interrupt();
    const record = await run.run();
    entry.last = record;
    entry.tally = withRun(entry.tally, record);
    await this.#writeDown(entry, record, run.cutShort);
    return record;
  }

  /** A database that is down must not stop the jobs that do without it. */
  async #writeDown(entry: Entry, record: RunRecord, cutShort: boolean): Promise<void> {
    const { job, ledger } = entry;
    const warn = (failure: unknown, what: string) =>
      this.#options.logger.warn({ job: job.name, reason: reasonOf(failure) }, what);
    try {
      await ledger.end(job.name, cutShort ? { outcome: 'interrupted' } : this.#endingOf(entry, record));
      this.#learn(entry, (await ledger.standings([job.name], this.#now())).get(job.name));
    } catch (failure) {
      warn(failure, 'the job could not be let go');
    }
    try {
      await this.#options.store.keep(record);
    } catch (failure) {
      warn(failure, 'the run could not be stored');
    }
  }

  #endingOf({ job, standing }: Entry, { error, endedAt }: RunRecord): Ending {
    if (error === undefined) return { outcome: 'succeeded', atMs: endedAt.getTime() };
    const pauseMs = pauseAfter((standing?.failures ?? 0) + 1, job.longestRetryMs ?? defaultLongestRetryMs);
    return { outcome: 'failed', error, nextTryMs: endedAt.getTime() + pauseMs };
  }

  #notRun({ name }: Job): RunRecord {
    const at = new Date(this.#now());
    const error = 'The process is ending; the job was not started.';
    return { job: name, startedAt: at, endedAt: at, outcome: 'interrupted', counts: {}, error };
  }
}
