import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { defineRoute, integerText, type Route, reply } from '../api/index.ts';
import type { JobOutcome, Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';

/** One run of a job. */
export interface JobRun {
  readonly job: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly outcome: JobOutcome;
  readonly counts: Readonly<Record<string, number>>;
  readonly error: string | undefined;
}

/** What is shown of a job; times are milliseconds since 1970. */
export interface ShownJob {
  readonly name: string;
  readonly description: string;
  readonly schedule: string | null;
  readonly timeZone: string;
  readonly shared: boolean;
  readonly plannable: boolean;
  readonly mayTakeMs: number;
  readonly running: boolean;
  readonly last: JobRun | undefined;
  readonly lastSuccessMs: number | undefined;
  readonly latenessS: number;
  readonly failures: number;
  readonly nextTryMs: number | undefined;
}

/** What the API needs of the scheduler, which lives outside the server. */
export interface JobControl {
  states(): readonly ShownJob[];
  /** Undefined where there is no such job. */
  runNow(name: string): Promise<JobRun> | undefined;
  /** What a run would do now; undefined where there is no such job. */
  planNow(name: string): Promise<Readonly<Record<string, number>>> | undefined;
}

const counts = z.record(z.string(), z.number());
const run = z
  .object({
    job: z.string(),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    durationMs: z
      .number()
      .nullable()
      .meta({ description: 'null while it runs, and for an entry of several runs.' }),
    outcome: z
      .enum(['succeeded', 'failed', 'interrupted', 'planned'])
      .nullable()
      .meta({ description: '`planned`: a dry run; the counts are what a run would do.' }),
    counts,
    error: z.string().nullable(),
  })
  .meta({ id: 'JobRun' });
type Shown = z.input<typeof run>;

const state = z
  .object({
    name: z.string(),
    description: z.string(),
    schedule: z.string().nullable().meta({
      description: 'Cron expression with seconds; null: only when asked for.',
      example: '*/2 * * * * *',
    }),
    timeZone: z.string().meta({ description: 'Zone of the schedule.', example: 'UTC' }),
    shared: z
      .boolean()
      .meta({ description: 'Whether one back office of several does it; else each machine for itself.' }),
    dryRun: z.boolean().meta({ description: 'Whether it can say what it would do.' }),
    mayTakeS: z.number().meta({ description: 'How long a run may take, in seconds.' }),
    running: z.boolean().meta({ description: 'Whether it runs in this back office.' }),
    last: run.nullable(),
    lastSuccessAt: z.string().nullable(),
    latenessS: z.number().meta({ description: 'Seconds since it fell due without having succeeded.' }),
    failures: z.number().meta({ description: 'In a row, since it last succeeded.' }),
    nextTryAt: z.string().nullable().meta({ description: 'After a failure: when it is tried again.' }),
  })
  .meta({ id: 'Job' });
const params = z.object({ name: z.string().max(100).meta({ example: 'ship' }) });

/** The jobs' part of the API. */
export function jobRoutes(db: Kysely<Tables>, jobs: JobControl): Route[] {
  const common = {
    tag: 'Jobs',
    access: { area: 'operations', roles: { admin: 'all', adops: 'all' } },
  } as const;
  return [
    defineRoute({
      ...common,
      method: 'get',
      path: '/jobs',
      operationId: 'listJobs',
      summary: 'What jobs there are',
      answer: { status: 200, description: 'The jobs.', schema: z.object({ items: z.array(state) }) },
      async handle() {
        const earlier = await lastRuns(db);
        return reply.value({ items: jobs.states().map((job) => shownJob(job, earlier.get(job.name))) });
      },
    }),
    defineRoute({
      ...common,
      method: 'get',
      path: '/jobs/{name}/runs',
      operationId: 'listJobRuns',
      summary: 'What runs a job had',
      description: 'The youngest first. Runs in a row that found nothing to do are one entry.',
      params,
      query: z.object({
        limit: integerText({ min: 1, max: 200, description: 'Most runs. Default: 50.' }).optional(),
      }),
      errors: ['not_found'],
      answer: { status: 200, description: 'The runs.', schema: z.object({ items: z.array(run) }) },
      async handle({ params: { name }, query: { limit = 50 } }) {
        if (!jobs.states().some((job) => job.name === name)) throw noSuchJob(name);
        const rows = await db
          .selectFrom('job_runs')
          .selectAll()
          .where('job', '=', name)
          .orderBy('started_at', 'desc')
          .limit(limit)
          .execute();
        return reply.value({ items: rows.map(storedRun) });
      },
    }),
    defineRoute({
      ...common,
      access: { area: 'operations', roles: { admin: 'all' } },
      method: 'post',
      path: '/jobs/{name}/runs',
      operationId: 'runJob',
      summary: 'Run a job now',
      description:
        'Answers when the run has ended. Where one is under way, answers with that. A dry run changes nothing and leaves no record.',
      params,
      query: z.object({
        dryRun: z
          .enum(['true', 'false'])
          .optional()
          .meta({ description: 'Only say what a run would do now.' }),
      }),
      errors: ['not_found', 'conflict'],
      answer: { status: 200, description: 'The run, also where it failed.', schema: run },
      async handle({ params: { name }, query: { dryRun }, record }) {
        if (!jobs.states().some((job) => job.name === name)) throw noSuchJob(name);
        // Before it runs: who began a run that never ended is known too.
        await record({ action: dryRun === 'true' ? 'dry_run' : 'run', entity: 'job', id: name });
        const ended = await (dryRun === 'true' ? plannedRun(jobs, name) : jobs.runNow(name)?.then(shownRun));
        if (ended === undefined) throw noSuchJob(name);
        return reply.value(ended);
      },
    }),
  ];
}

function shownJob(
  { plannable, mayTakeMs, lastSuccessMs, nextTryMs, last, ...job }: ShownJob,
  earlier: Shown | undefined,
): z.input<typeof state> {
  return {
    name: job.name,
    description: job.description,
    schedule: job.schedule,
    timeZone: job.timeZone,
    shared: job.shared,
    dryRun: plannable,
    mayTakeS: mayTakeMs / 1000,
    running: job.running,
    last: last === undefined ? (earlier ?? null) : shownRun(last),
    lastSuccessAt: instant(lastSuccessMs),
    latenessS: Math.round(job.latenessS),
    failures: job.failures,
    nextTryAt: instant(nextTryMs),
  };
}

function shownRun({ startedAt, endedAt, error, ...ended }: JobRun): Shown {
  return {
    ...ended,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    durationMs: endedAt.getTime() - startedAt.getTime(),
    error: error ?? null,
  };
}

async function plannedRun(jobs: JobControl, job: string): Promise<Shown | undefined> {
  const startedAt = new Date();
  const found = await jobs.planNow(job);
  if (found === undefined) return undefined;
  const endedAt = new Date();
  const { outcome: _outcome, ...shown } = shownRun({
    job,
    startedAt,
    endedAt,
    outcome: 'succeeded',
    counts: found,
    error: undefined,
  });
  return { ...shown, outcome: 'planned' };
}

function storedRun(row: Selectable<Tables['job_runs']>): Shown {
  const { job, started_at: started, ended_at: ended, outcome, counts: done, error } = row;
  return {
    job,
    startedAt: started.toISOString(),
    endedAt: ended?.toISOString() ?? null,
    durationMs: ended === null || 'idleRuns' in done ? null : ended.getTime() - started.getTime(),
    outcome,
    counts: done,
    error,
  };
}

/** The last run of each job, by its name, of whichever process. */
async function lastRuns(db: Kysely<Tables>): Promise<ReadonlyMap<string, Shown>> {
  const rows = await db
    .selectFrom('job_runs')
    .distinctOn('job')
    .selectAll()
    .orderBy('job')
    .orderBy('started_at', 'desc')
    .execute();
  return new Map(rows.map((row) => [row.job, storedRun(row)]));
}

function instant(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

function noSuchJob(name: string): AppError {
  return new AppError('not_found', `There is no job "${name}".`);
}
