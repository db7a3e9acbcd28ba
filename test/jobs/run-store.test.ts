import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseRunStore, type RunRecord } from '../../jobs/index.ts';
import { runHistoryJob } from '../../jobs/run-history.ts';
import type { Database } from '../../server/database/index.ts';
import { openMigratedDatabase } from '../support/migrated-database.ts';

const logger = pino({ level: 'silent' });
const start = Date.UTC(2026, 10, 23, 12);
const dayMs = 86_400_000;
let database: Database;
let store: DatabaseRunStore;
beforeAll(async () => {
  database = await openMigratedDatabase();
});
beforeEach(async () => {
  await database.db.deleteFrom('job_runs').execute();
  store = new DatabaseRunStore(database.db);
});
afterAll(() => database.close());

/** A run in the second `at`, of half a second. */
const run = (at: number, part: Partial<RunRecord> = {}): RunRecord => ({
  job: 'ship',
  startedAt: new Date(start + at * 1000),
  endedAt: new Date(start + at * 1000 + 500),
  outcome: 'succeeded',
  counts: {},
  error: undefined,
  ...part,
});
async function rows(job = 'ship') {
  const found = await database.db
    .selectFrom('job_runs')
    .selectAll()
    .where('job', '=', job)
    .orderBy('id')
    .execute();
  return found.map(({ started_at, ended_at, outcome, counts, error }) => ({
    from: (started_at.getTime() - start) / 1000,
    to: ended_at === null ? null : (ended_at.getTime() - start) / 1000,
    outcome,
    counts,
    error,
  }));
}

describe('the record of job runs', () => {
  it('keeps what a run did', async () => {
    await store.keep(run(1, { counts: { segments: 2, rows: 0 } }));
    expect(await rows()).toEqual([
      { from: 1, to: 1.5, outcome: 'succeeded', counts: { segments: 2, rows: 0 }, error: null },
    ]);
  });

  it('keeps runs in a row that found nothing to do as one, with their number and their time', async () => {
    for (let at = 0; at < 5; at++) await store.keep(run(at, { counts: at % 2 === 0 ? {} : { rows: 0 } }));
    expect(await rows()).toEqual([
      { from: 0, to: 4.5, outcome: 'succeeded', counts: { idleRuns: 5 }, error: null },
    ]);
  });

  it.each<[string, Partial<RunRecord>]>([
    ['did something', { counts: { rows: 1 } }],
    ['failed', { outcome: 'failed', error: 'no' }],
    ['was interrupted', { outcome: 'interrupted', error: 'ending' }],
  ])('splits idle runs where one in between %s', async (_, part) => {
    await store.keep(run(0));
    await store.keep(run(1));
    await store.keep(run(2, part));
    await store.keep(run(3));
    await store.keep(run(4));
    await store.keep(run(5));
    expect((await rows()).map(({ from, to, counts }) => [from, to, counts])).toEqual([
      [0, 1.5, { idleRuns: 2 }],
      [2, 2.5, part.counts ?? {}],
      [3, 5.5, { idleRuns: 3 }],
    ]);
    expect((await rows())[1]).toMatchObject({ outcome: 'succeeded', error: null, ...part });
  });

  it('does not mix the idle runs of different jobs', async () => {
    await store.keep(run(0));
    await store.keep(run(1, { job: 'rollup' }));
    await store.keep(run(2));
    expect(await rows()).toMatchObject([{ counts: { idleRuns: 2 } }]);
    expect(await rows('rollup')).toMatchObject([{ counts: { idleRuns: 1 } }]);
  });

  it('begins a new entry after a restart', async () => {
    await store.keep(run(0));
    await new DatabaseRunStore(database.db).keep(run(1));
    expect(await rows()).toMatchObject([{ counts: { idleRuns: 1 } }, { counts: { idleRuns: 1 } }]);
  });

  it('removes what ended before a time, and only that', async () => {
    await store.keep(run(0, { counts: { rows: 1 } }));
    await store.keep(run(1, { counts: { rows: 2 } }));
    await store.keep(run(2));
    expect(await store.prune(new Date(start + 1500))).toBe(1);
    expect((await rows()).map(({ from }) => from)).toEqual([1, 2]);
    expect(await store.prune(new Date(start + 1500))).toBe(0);
  });

  it('is pruned by its job after thirty days; an idle row lives as long as its last run', async () => {
    const job = runHistoryJob(store, 30, 'UTC');
    await store.keep(run(0, { counts: { rows: 1 } }));
    await store.keep(run(1));
    await store.keep(run(30 * 86_400));
    const context = (nowMs: number) => ({ logger, signal: new AbortController().signal, now: () => nowMs });
    expect(await job.run(context(start + 30 * dayMs + 500))).toEqual({ removed: 0 });
    expect(await job.plan?.(context(start + 30 * dayMs + 501))).toEqual({ removed: 1 });
    expect(await job.run(context(start + 30 * dayMs + 501))).toEqual({ removed: 1 });
    expect(await rows()).toMatchObject([{ from: 1, counts: { idleRuns: 2 } }]);
  });
});
