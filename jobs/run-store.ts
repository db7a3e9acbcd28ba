import type { Database, JobOutcome } from '../server/index.ts';
import type { JobCounts } from './job.ts';

export interface RunRecord {
  readonly job: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly outcome: JobOutcome;
  readonly counts: JobCounts;
  readonly error: string | undefined;
}

export interface RunStore {
  keep(record: RunRecord): Promise<void>;
}

/**
 * Job runs in the database. A job that runs every few seconds mostly finds nothing to do: such runs in a row are kept
 * as one, whose count `idleRuns` says how many they were.
 */
export class DatabaseRunStore implements RunStore {
  readonly #db: Database['db'];
  readonly #idle = new Map<string, { id: number; runs: number }>();

  constructor(db: Database['db']) {
    this.#db = db;
  }

  async keep(record: RunRecord): Promise<void> {
    const idle = isIdle(record) ? this.#idle.get(record.job) : undefined;
    if (idle !== undefined) {
      idle.runs++;
      await this.#db
        .updateTable('job_runs')
        .set({ ended_at: record.endedAt, counts: JSON.stringify({ idleRuns: idle.runs }) })
        .where('id', '=', idle.id)
        .execute();
      return;
    }
    const { id } = await this.#db
      .insertInto('job_runs')
      .values({
        job: record.job,
        started_at: record.startedAt,
        ended_at: record.endedAt,
        outcome: record.outcome,
        counts: JSON.stringify(isIdle(record) ? { idleRuns: 1 } : record.counts),
        error: record.error ?? null,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    if (isIdle(record)) this.#idle.set(record.job, { id, runs: 1 });
    else this.#idle.delete(record.job);
  }

  /** Removes what ended before `endedBefore`. */
  async prune(endedBefore: Date): Promise<number> {
    const result = await this.#db
      .deleteFrom('job_runs')
      .where('ended_at', '<', endedBefore)
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  }

  /** How many `prune` would remove. */
  async prunable(endedBefore: Date): Promise<number> {
    const { runs } = await this.#db
      .selectFrom('job_runs')
      .select((select) => select.fn.countAll<number>().as('runs'))
      .where('ended_at', '<', endedBefore)
      .executeTakeFirstOrThrow();
    return runs;
  }
}

function isIdle(record: RunRecord): boolean {
  return record.outcome === 'succeeded' && Object.values(record.counts).every((count) => count === 0);
}
