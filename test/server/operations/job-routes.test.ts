import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseRunStore, type Job, Scheduler } from '../../../jobs/index.ts';
import type { Database } from '../../../server/database/index.ts';
import { jobRoutes } from '../../../server/operations/index.ts';
import { openMigratedDatabase } from '../../support/migrated-database.ts';
import { ask, type Harness, startApi } from '../api/harness.ts';

const clock = { nowMs: Date.UTC(2026, 10, 23, 12) };
let database: Database;
let scheduler: Scheduler;
let api: Harness;
let outcome: () => Promise<Record<string, number>>;
const jobs: Job[] = [
  {
    name: 'work',
    description: 'Works.',
    schedule: '0 0 3 * * *',
    timeZone: 'Asia/Taipei',
    mayTakeMs: 90_000,
    shared: true,
    run: () => outcome(),
    plan: async () => ({ rows: 11 }),
  },
  { name: 'other', description: 'Does nothing.', schedule: '*/2 * * * * *', run: async () => ({}) },
];

beforeAll(async () => {
  const logger = pino({ level: 'silent' });
  database = await openMigratedDatabase();
  const store = new DatabaseRunStore(database.db);
  const now = () => {
    clock.nowMs += 250;
    return clock.nowMs;
  };
  scheduler = new Scheduler({ jobs, store, logger, now });
  api = await startApi(jobRoutes(database.db, scheduler));
});
beforeEach(async () => {
  outcome = async () => ({ rows: 3 });
  await database.db.deleteFrom('job_runs').execute();
});
afterAll(async () => {
  await api.close();
  await scheduler.stop();
  await database.close();
});

type Body = Record<string, unknown> & { items: Record<string, unknown>[] };
const call = async (method: string, path: string) => {
  const { status, body } = await api.call(method, path);
  return { status, body: body as unknown as Body };
};

describe('the API of jobs', () => {
  it('lists the jobs with their schedules, before and after their first run', async () => {
    const { status, body } = await call('GET', '/jobs');
    expect(status).toBe(200);
    const idle = {
      running: false,
      last: null,
      lastSuccessAt: null,
      latenessS: 0,
      failures: 0,
      nextTryAt: null,
    };
    expect(body.items).toEqual([
      {
        ...idle,
        name: 'work',
        description: 'Works.',
        schedule: '0 0 3 * * *',
        timeZone: 'Asia/Taipei',
        shared: true,
        dryRun: true,
        mayTakeS: 90,
      },
      {
        ...idle,
        name: 'other',
        description: 'Does nothing.',
        schedule: '*/2 * * * * *',
        timeZone: 'UTC',
        shared: false,
        dryRun: false,
        mayTakeS: 600,
      },
    ]);
    await call('POST', '/jobs/other/runs');
    const [, other] = (await call('GET', '/jobs')).body.items;
    expect(other?.['last']).toMatchObject({ job: 'other', outcome: 'succeeded', error: null });
  });

  it('shows the last run of an earlier process', async () => {
    await database.db
      .insertInto('job_runs')
      .values({
        job: 'work',
        started_at: new Date(clock.nowMs - 5000),
        ended_at: new Date(clock.nowMs - 2000),
        outcome: 'failed',
        counts: '{}',
        error: 'no room',
      })
      .execute();
    const [work] = (await call('GET', '/jobs')).body.items;
    expect(work?.['last']).toMatchObject({ outcome: 'failed', error: 'no room', durationMs: 3000 });
  });

  it('answers a dry run with what would be done, and keeps no record of it', async () => {
    const { status, body } = await call('POST', '/jobs/work/runs?dryRun=true');
    expect(status).toBe(200);
    expect(body).toMatchObject({ job: 'work', outcome: 'planned', counts: { rows: 11 }, error: null });
    expect((await call('GET', '/jobs/work/runs')).body.items).toEqual([]);
    expect(await call('POST', '/jobs/other/runs?dryRun=true')).toMatchObject({
      status: 422,
      body: { code: 'invalid_input' },
    });
    expect(await call('POST', '/jobs/none/runs?dryRun=true')).toMatchObject({ status: 404 });
  });

  it('runs a job and answers with what it did', async () => {
    const { status, body } = await call('POST', '/jobs/work/runs');
    expect(status).toBe(200);
    expect(body).toMatchObject({ job: 'work', outcome: 'succeeded', counts: { rows: 3 }, error: null });
    expect(Date.parse(String(body['endedAt'])) - Date.parse(String(body['startedAt']))).toBe(250);
  });

  it('answers for a failed run with its error, not with an error of its own', async () => {
    outcome = async () => {
      throw new Error('no room');
    };
    const { status, body } = await call('POST', '/jobs/work/runs');
    expect(status).toBe(200);
    expect(body).toMatchObject({ outcome: 'failed', counts: {}, error: 'no room' });
    expect((await call('GET', '/jobs/work/runs')).body.items).toMatchObject([
      { outcome: 'failed', error: 'no room' },
    ]);
  });

  it('shows a run that is under way, and joins it', async () => {
    let runs = 0;
    let end: () => void = () => undefined;
    const began = new Promise<void>((started) => {
      outcome = () =>
        new Promise((resolve) => {
          runs++;
          end = () => resolve({ rows: 7 });
          started();
        });
    });
    const first = call('POST', '/jobs/work/runs');
    await began;
    const [work] = (await call('GET', '/jobs')).body.items;
    expect(work).toMatchObject({ running: true });
    const second = call('POST', '/jobs/work/runs');
    // Requests are answered in turn: when this one is through, the one before it has joined.
    await call('GET', '/jobs');
    end();
    expect((await first).body).toMatchObject({ counts: { rows: 7 } });
    expect((await second).body).toEqual((await first).body);
    expect(runs).toBe(1);
  });

  it('lists the runs of a job, the youngest first, idle ones in a row as one', async () => {
    await call('POST', '/jobs/work/runs');
    outcome = async () => ({});
    await call('POST', '/jobs/work/runs');
    await call('POST', '/jobs/work/runs');
    outcome = async () => ({ rows: 9 });
    await call('POST', '/jobs/work/runs');
    const { body } = await call('GET', '/jobs/work/runs');
    expect(body.items.map(({ counts }) => counts)).toEqual([{ rows: 9 }, { idleRuns: 2 }, { rows: 3 }]);
    const limited = await call('GET', '/jobs/work/runs?limit=2');
    expect(limited.body.items.map(({ counts }) => counts)).toEqual([{ rows: 9 }, { idleRuns: 2 }]);
    expect((await call('GET', '/jobs/other/runs')).body.items).toEqual([]);
  });

  it('knows no job of another name', async () => {
    for (const [method, path] of [
      ['POST', '/jobs/none/runs'],
      ['GET', '/jobs/none/runs'],
      ['GET', '/jobs/toString/runs'],
    ] as const) {
      expect(await call(method, path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
  });

  it.each(['0', '201', 'x', '1.5', '-1'])('refuses a limit of %s', async (limit) => {
    const { status, body } = await call('GET', `/jobs/work/runs?limit=${limit}`);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'invalid_input', errors: [{ path: '/limit' }] });
  });

  it('needs a key', async () => {
    for (const path of ['/jobs', '/jobs/work/runs']) {
      expect((await ask(`${api.url}${path}`)).status).toBe(401);
    }
    expect((await ask(`${api.url}/jobs/work/runs`, { method: 'POST' })).status).toBe(401);
  });
});
