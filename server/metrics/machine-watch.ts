import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { isRunning } from '../../analytics/index.ts';
import type { Tables } from '../database/index.ts';
import { processOf } from '../pacing/index.ts';
import { type MachineState, machineState } from './machine-state.ts';
import { tellMachine } from './machine-store.ts';
import {
  readEnded,
  readWorkers,
  removeWorker,
  type WorkerSamples,
  writeEnded,
  writeMachine,
} from './metrics-files.ts';
import { merge, type Samples, seriesOf, sumsAmong } from './samples.ts';

/** What shipping has done since the process began. */
export interface ShippedTotals {
  rows: number;
  bytes: number;
  rejectedLines: number;
}

/** What is asked of a job, by whatever runs it. */
export interface WatchedJob {
  readonly name: string;
  readonly latenessS?: number;
  readonly runs?: Readonly<Record<'succeeded' | 'failed' | 'interrupted', number>>;
}

export interface MachineWatchOptions {
  readonly dataDir: string;
  /** Names this machine, the same after a restart. */
  readonly machine: string;
  readonly spoolLimitBytes: number;
  readonly shipped: ShippedTotals;
  readonly jobs: () => readonly WatchedJob[];
  readonly logger: Logger;
  /** What the last privacy reports found; undefined where there was none. Told by the back office alone. */
  readonly privacyProblems?: () => Promise<number | undefined>;
  /** Gets this machine's numbers, where another one answers `/metrics`. */
  readonly db?: Kysely<Tables>;
  readonly now?: () => number;
}

const everyMs = 5000;
const tellEveryMs = 15_000;

/** Puts together the numbers of all processes of a machine, and writes down how its disk and log are. */
export class MachineWatch {
  readonly #options: MachineWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #state: MachineState | undefined;
  #ended: readonly string[] = [];
  #round: Promise<void> | undefined;
  #folding: Promise<unknown> = Promise.resolve();
  #failing = false;
  #toldMs = 0;

  constructor(options: MachineWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), everyMs).unref();
    this.#look();
  }

  /** Undefined before the first look. */
  state(): MachineState | undefined {
    return this.#state;
  }

  async samples(): Promise<Samples> {
    const { dataDir } = this.#options;
    const workers = await this.#fold();
    const ended = await readEnded(dataDir);
    const living = workers.filter(({ worker }) => !ended.workers.includes(worker));
    const problems = await this.#options.privacyProblems?.().catch(() => undefined);
    const privacy = problems === undefined ? {} : { signpost_privacy_problems: problems };
    return merge([ended.samples, ...living.map(({ samples }) => samples), this.#own(), privacy]);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
  }

  #look(): void {
    this.#round ??= this.#lookOnce()
      .then(() => {
        this.#failing = false;
      })
      .catch((error: Error) => {
        if (!this.#failing) this.#options.logger.warn({ reason: error.message }, 'numbers cannot be told');
        this.#failing = true;
      })
      .finally(() => {
        this.#round = undefined;
      });
  }

  async #lookOnce(): Promise<void> {
    const { dataDir, spoolLimitBytes, db, machine } = this.#options;
    const nowMs = this.#now();
    this.#state = await machineState(dataDir, spoolLimitBytes, nowMs);
    await writeMachine(dataDir, this.#state);
    if (db === undefined) {
      await this.#fold();
      return;
    }
    if (Math.abs(nowMs - this.#toldMs) < tellEveryMs) return;
    this.#toldMs = nowMs;
    await tellMachine(db, machine, await this.samples());
  }

  /** One after the other: the numbers are asked for while a look is under way, and both would add up the same workers. */
  #fold(): Promise<readonly WorkerSamples[]> {
    const fold = this.#folding.then(async () => this.#foldEnded(await readWorkers(this.#options.dataDir)));
    this.#folding = fold.catch(() => undefined);
    return fold;
  }

  /**
   * Adds the sums of workers that have ended to those of all before them, so that no sum ever falls. A worker's file is
   * its last word when its process was gone at an earlier look already.
   */
  async #foldEnded(workers: readonly WorkerSamples[]): Promise<readonly WorkerSamples[]> {
    const { dataDir } = this.#options;
    const gone = workers.filter(({ worker }) => {
      const owner = processOf(worker);
      return owner !== undefined && !isRunning(owner);
    });
    const due = gone.filter(({ worker }) => this.#ended.includes(worker));
    this.#ended = gone.map(({ worker }) => worker);
    if (due.length === 0) return workers;
    const before = await readEnded(dataDir);
    const fresh = due.filter(({ worker }) => !before.workers.includes(worker));
    const samples = merge([before.samples, ...fresh.map((each) => sumsAmong(each.samples))]);
    await writeEnded(dataDir, { samples, workers: due.map(({ worker }) => worker) });
    for (const { worker } of due) await removeWorker(dataDir, worker);
    return workers.filter((worker) => !due.includes(worker));
  }

  #own(): Samples {
    const { shipped, jobs } = this.#options;
    const samples: Record<string, number> = {
      signpost_shipped_rows_total: shipped.rows,
      signpost_shipped_bytes_total: shipped.bytes,
      signpost_rejected_lines_total: shipped.rejectedLines,
      ...(this.#state === undefined ? {} : ofState(this.#state, this.#now())),
    };
    for (const { name: job, latenessS, runs } of jobs()) {
      if (latenessS !== undefined) samples[seriesOf('signpost_job_lateness_seconds', { job })] = latenessS;
      if (runs === undefined) continue;
      for (const outcome of ['succeeded', 'failed', 'interrupted'] as const)
        samples[seriesOf('signpost_job_runs_total', { job, outcome })] = runs[outcome];
    }
    return samples;
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

function ofState({ spool, givenUp, disk }: MachineState, nowMs: number): Samples {
  const oldestMs = spool.oldestMs ?? nowMs;
  return {
    signpost_spool_bytes: spool.bytes,
    signpost_spool_limit_bytes: spool.limitBytes,
    signpost_spool_segments: spool.segments,
    signpost_spool_oldest_seconds: Math.max(0, nowMs - oldestMs) / 1000,
    [seriesOf('signpost_spool_given_up_events_total', { kind: 'page_view' })]: givenUp.pageViews,
    [seriesOf('signpost_spool_given_up_events_total', { kind: 'money' })]: givenUp.moneyEvents,
    signpost_disk_free_bytes: disk.freeBytes,
    signpost_disk_size_bytes: disk.sizeBytes,
  };
}
