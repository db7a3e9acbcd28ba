import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseRunStore, type Job, Scheduler, SharedLedger } from '../../jobs/index.ts';
import { type Database, inMemory, openDatabase } from '../../server/database/index.ts';
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { until } from '../support/signpost.ts';

const logger = pino({ level: 'silent' });
const noon = Date.UTC(2026, 10, 23, 12);

/** A job once a year, so that nothing but the test makes it due. */
const rarely = (run: Job['run'], schedule = '0 0 3 1 1 *'): Job => ({
  name: 'nightly',
  description: 'Rarely.',
  schedule,
  shared: true,
  run,
});

describe.each([
  ['PGlite', false],
  ['a PostgreSQL server', true],
])('jobs that back offices share, on %s', (_, onServer) => {
  let server: PostgresServer | undefined;
  let database: Database;
  let schedulers: Scheduler[] = [];
  beforeAll(async () => {
    if (onServer && noPostgres()) return;
    if (onServer) server = await startPostgres();
    database = await openDatabase({ url: server?.url, dataDir: inMemory, logger });
  });
  beforeEach(async ({ skip }) => {
    if (onServer && server === undefined) skip();
    await database.db.deleteFrom('job_states').execute();
    await database.db.deleteFrom('job_runs').execute();
  });
  afterEach(async () => {
    await Promise.all(schedulers.map((each) => each.stop()));
    schedulers = [];
  });
  afterAll(async () => {
    await database?.close();
    await server?.dispose();
  });

  const office = (job: Job, now: () => number = Date.now, leaseMs?: number) => {
    const store = new DatabaseRunStore(database.db);
    const shared = new SharedLedger(database.db, leaseMs);
    const scheduler = new Scheduler({ jobs: [job], store, logger, now, shared });
    schedulers.push(scheduler);
    return scheduler;
  };
  const row = () =>
    database.db.selectFrom('job_states').selectAll().where('job', '=', 'nightly').executeTakeFirstOrThrow();
  /** As a back office left it that went down at `at`. */
  const leftAt = (at: number, part: Partial<Awaited<ReturnType<typeof row>>> = {}) =>
    database.db
      .insertInto('job_states')
      .values({ job: 'nightly', covered_until: new Date(at), ...part })
      .execute();

  it('makes up, once, for what was missed while none ran', async () => {
    await leftAt(noon - 3 * 86_400_000);
    let runs = 0;
    const job = rarely(async () => ({ runs: ++runs }), '0 0 3 * * *');
    const offices = [office(job, () => noon), office(job, () => noon)];
    for (const each of offices) each.start();
    await until('the job ran', 10_000, async () => (await row()).last_success_at !== null);
    expect(await row()).toMatchObject({ covered_until: new Date(noon), owner: null, failures: 0 });
    await Promise.all(offices.map((each) => each.stop()));
    expect(runs).toBe(1);
  });

  it('has missed nothing where it runs for the first time, or was never down', async () => {
    let runs = 0;
    const fresh = office(
      rarely(async () => ({ runs: ++runs }), '0 0 3 * * *'),
      () => noon,
    );
    fresh.start();
    await until('the job is known', 10_000, async () => (await row().catch(() => undefined)) !== undefined);
    await fresh.stop();
    expect(runs).toBe(0);
    expect(await row()).toMatchObject({ covered_until: new Date(noon) });
  });

  it('lets one of several run a job at a time', async () => {
    let end = () => {};
    let atOnce = 0;
    const job = rarely(async () => {
      atOnce++;
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return { rows: 1 };
    });
    const [one, two] = [office(job), office(job)];
    const first = one.runNow('nightly');
    await until('the job runs', 10_000, () => atOnce === 1);
    await expect(two.runNow('nightly')).rejects.toMatchObject({ code: 'conflict' });
    expect((await row()).owner).not.toBeNull();
    end();
    expect(await first).toMatchObject({ outcome: 'succeeded' });
    expect(await row()).toMatchObject({ owner: null, held_until: null });
    const second = two.runNow('nightly');
    await until('the other runs it', 10_000, () => atOnce === 2);
    end();
    expect(await second).toMatchObject({ outcome: 'succeeded' });
  });

  it('keeps a job as long as its run goes on, and passes on that of a back office that died', async () => {
    const leaseMs = 400;
    let end = () => {};
    const job = rarely(() => new Promise((resolve) => (end = () => resolve({ rows: 1 }))));
    const one = office(job, Date.now, leaseMs);
    const run = one.runNow('nightly');
    await until('the job runs', 10_000, async () => (await row().catch(() => undefined))?.owner != null);
    await pause(3 * leaseMs);
    const other = new SharedLedger(database.db, leaseMs);
    expect(await other.take('nightly', Date.now(), undefined)).toBe(false);
    end();
    await run;
    // Taken, and never heard of again.
    expect(await other.take('nightly', Date.now(), undefined)).toBe(true);
    const heir = new SharedLedger(database.db, leaseMs);
    expect(await heir.take('nightly', Date.now(), undefined)).toBe(false);
    await until('the lease lapses', 10_000, () => heir.take('nightly', Date.now(), undefined));
    expect(await other.renew('nightly')).toBe(false);
    await other.end('nightly', { outcome: 'succeeded', atMs: noon });
    expect((await row()).owner).not.toBeNull();
  });

  it('tells a run whose job was taken over to end, and counts nothing as done', async () => {
    const leaseMs = 200;
    const job = rarely(
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up')))),
    );
    const run = office(job, Date.now, leaseMs).runNow('nightly');
    await until('the job runs', 10_000, async () => (await row().catch(() => undefined))?.owner != null);
    const { covered_until: before } = await row();
    await database.db.updateTable('job_states').set({ owner: 'somebody else' }).execute();
    expect(await run).toMatchObject({ outcome: 'interrupted', error: 'given up' });
    expect(await row()).toMatchObject({ owner: 'somebody else', covered_until: before, failures: 0 });
  });

  it('waits for jobs that it excludes, and lets none of them run meanwhile', async () => {
    const ends: (() => void)[] = [];
    const held = (name: string, excludes: readonly string[] = []): Job => ({
      ...rarely(() => new Promise((resolve) => ends.push(() => resolve({ rows: 1 })))),
      ...{ name, excludes },
    });
    const jobs = [held('rollup'), held('retention', ['rollup', 'conversions']), held('conversions')];
    const shared = new SharedLedger(database.db);
    const scheduler = new Scheduler({ jobs, store: new DatabaseRunStore(database.db), logger, shared });
    schedulers.push(scheduler);
    const rollup = scheduler.runNow('rollup');
    await until('the rollup runs', 10_000, () => ends.length === 1);
    const retention = scheduler.runNow('retention');
    const owners = async () =>
      (await database.db.selectFrom('job_states').select('job').where('owner', 'is not', null).execute())
        .length;
    await until('retention holds what it can', 10_000, async () => (await owners()) === 3);
    expect(ends).toHaveLength(1);
    await expect(scheduler.runNow('conversions')).rejects.toMatchObject({ code: 'conflict' });
    ends[0]?.();
    expect(await rollup).toMatchObject({ outcome: 'succeeded' });
    await until('retention runs', 10_000, () => ends.length === 2);
    await expect(scheduler.runNow('rollup')).rejects.toMatchObject({ code: 'conflict' });
    ends[1]?.();
    expect(await retention).toMatchObject({ outcome: 'succeeded' });
    expect(await owners()).toBe(0);
  });

  it('is kept from no run by a clock that was set back', async () => {
    await leftAt(noon + 3_600_000, { next_try_at: new Date(noon + 2 * 3_600_000) });
    const ledger = new SharedLedger(database.db);
    expect(await ledger.take('nightly', noon, noon)).toBe(true);
    await ledger.end('nightly', { outcome: 'succeeded', atMs: noon });
    expect(await row()).toMatchObject({ covered_until: new Date(noon) });
    expect(await ledger.take('nightly', noon, noon)).toBe(false);
  });

  it('remembers failures and the pause after them over a restart', async () => {
    let clock = noon;
    await leftAt(noon - 86_400_000);
    let fails = true;
    let runs = 0;
    const job = rarely(async () => {
      runs++;
      if (fails) throw new Error('no room');
      return {};
    }, '0 0 3 * * *');
    const first = office(job, () => clock);
    first.start();
    await until('the job failed', 10_000, async () => (await row()).failures === 1);
    await first.stop();
    expect(await row()).toMatchObject({ error: 'no room', next_try_at: new Date(noon + 5000) });
    clock += 4000;
    const early = office(job, () => clock);
    early.start();
    await until('it is known', 10_000, () => early.states()[0]?.failures === 1);
    await early.stop();
    expect(runs).toBe(1);
    expect(early.states()[0]?.latenessS).toBe(9 * 3600 + 4);
    clock += 2000;
    fails = false;
    const later = office(job, () => clock);
    later.start();
    await until('it succeeded', 10_000, async () => (await row()).failures === 0);
    expect(await row()).toMatchObject({ error: null, next_try_at: null, last_success_at: new Date(clock) });
  });

  it('does not count a run as done that the end of the process cut short', async () => {
    await leftAt(noon - 86_400_000);
    const job = rarely(
      ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve({ rows: 1 }))),
      '0 0 3 * * *',
    );
    const cut = office(job, () => noon);
    cut.start();
    await until(
      'the job runs',
      10_000,
      () => cut.states()[0]?.running === true && cut.states()[0]?.dueSinceMs !== undefined,
    );
    await until('it is taken', 10_000, async () => (await row()).owner !== null);
    await cut.stop();
    expect(await row()).toMatchObject({ owner: null, covered_until: new Date(noon - 86_400_000) });
  });
});
