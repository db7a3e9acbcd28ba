import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../server/index.ts';
import { clockToleranceMs, type Ending, type JobLedger, type JobStanding, longestPauseMs } from './ledger.ts';

type Tables = Database['db'] extends Kysely<infer All> ? All : never;

/** A job whose holder gave no sign for so long is free. Renewed four times in this. */
export const leaseMs = 30_000;

/**
 * In the database: of the jobs that one back office of several runs. Leases end by the database's clock, so that
 * machines whose clocks differ agree; times of schedules are those of whoever ran the job.
 */
export class SharedLedger implements JobLedger {
  readonly renewEveryMs: number;
  readonly #db: Kysely<Tables>;
  readonly #leaseMs: number;
  readonly #owner = randomUUID();

  constructor(db: Kysely<Tables>, lease = leaseMs) {
    this.#db = db;
    this.#leaseMs = lease;
    this.renewEveryMs = lease / 4;
  }

  async standings(jobs: readonly string[], nowMs: number): Promise<ReadonlyMap<string, JobStanding>> {
    if (jobs.length === 0) return new Map();
    let rows = await this.#rows(jobs);
    const known = new Set(rows.map(({ job }) => job));
    const fresh = jobs.filter((job) => !known.has(job));
    if (fresh.length > 0) {
      await this.#db
        .insertInto('job_states')
        .values(fresh.map((job) => ({ job, covered_until: new Date(nowMs) })))
        .onConflict((on) => on.doNothing())
        .execute();
      rows = await this.#rows(jobs);
    }
    return new Map(
      rows.map((row) => [
        row.job,
        {
          coveredUntilMs: row.covered_until.getTime(),
          lastSuccessMs: row.last_success_at?.getTime(),
          failures: row.failures,
          error: row.error ?? undefined,
          nextTryMs: row.next_try_at?.getTime(),
        },
      ]),
    );
  }

  async take(job: string, nowMs: number, dueMs: number | undefined): Promise<boolean> {
    let update = this.#db
      .updateTable('job_states')
      .set({ owner: this.#owner, held_until: this.#until() })
      .where('job', '=', job)
      .where((where) => where.or([where('owner', 'is', null), where('held_until', '<', sql<Date>`now()`)]));
    if (dueMs !== undefined) {
      update = update
        .where((where) =>
          where.or([
            where('covered_until', '<', new Date(dueMs)),
            where('covered_until', '>', new Date(nowMs + clockToleranceMs)),
          ]),
        )
        .where((where) =>
          where.or([
            where('next_try_at', 'is', null),
            where('next_try_at', '<=', new Date(nowMs)),
            where('next_try_at', '>', new Date(nowMs + longestPauseMs)),
          ]),
        );
    }
    return (await update.returning('job').executeTakeFirst()) !== undefined;
  }

  async renew(job: string): Promise<boolean> {
    const renewed = await this.#db
      .updateTable('job_states')
      .set({ held_until: this.#until() })
      .where('job', '=', job)
      .where('owner', '=', this.#owner)
      .returning('job')
      .executeTakeFirst();
    return renewed !== undefined;
  }

  async end(job: string, ending: Ending): Promise<void> {
    await this.#db
      .updateTable('job_states')
      .set((row) => ({ owner: null, held_until: null, ...changes(ending, row.ref('failures')) }))
      .where('job', '=', job)
      .where('owner', '=', this.#owner)
      .execute();
  }

  #until() {
    return sql<Date>`now() + ${this.#leaseMs} * interval '1 millisecond'`;
  }

  #rows(jobs: readonly string[]) {
    return this.#db.selectFrom('job_states').selectAll().where('job', 'in', jobs).execute();
  }
}

function changes(ending: Ending, failures: unknown) {
  if (ending.outcome === 'interrupted') return {};
  if (ending.outcome === 'failed') {
    const { error, nextTryMs } = ending;
    return { failures: sql<number>`${failures} + 1`, error, next_try_at: new Date(nextTryMs) };
  }
  const at = new Date(ending.atMs);
  return {
    covered_until: at,
    last_success_at: at,
    failures: 0,
    error: null,
    next_try_at: null,
  };
}
