import type { Kysely } from 'kysely';
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

/** What the API needs of the scheduler, which lives outside the server. */
export interface JobControl {
  states(): readonly {
    readonly name: string;
    readonly description: string;
    readonly schedule: string;
    readonly running: boolean;
    readonly last: JobRun | undefined;
  }[];
  /** Undefined where there is no such job. */
  runNow(name: string): Promise<JobRun> | undefined;
}

const run = z
  .object({
    job: z.string(),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    outcome: z.enum(['succeeded', 'failed', 'interrupted']).nullable(),
    counts: z.record(z.string(), z.number()),
    error: z.string().nullable(),
  })
  .meta({ id: 'JobRun' });
const state = z
  .object({
    name: z.string(),
    description: z.string(),
    schedule: z
      .string()
      .meta({ description: 'Cron expression with seconds, in UTC.', example: '*/2 * * * * *' }),
    running: z.boolean(),
    last: run.nullable(),
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
      handle: () =>
        reply.value({
          items: jobs
            .states()
            .map((job) => ({ ...job, last: job.last === undefined ? null : shown(job.last) })),
        }),
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
        const items = rows.map(({ job, started_at, ended_at, outcome, counts, error }) => ({
          job,
          startedAt: started_at.toISOString(),
          endedAt: ended_at?.toISOString() ?? null,
          outcome,
          counts,
          error,
        }));
        return reply.value({ items });
      },
    }),
    defineRoute({
      ...common,
      access: { area: 'operations', roles: { admin: 'all' } },
      method: 'post',
      path: '/jobs/{name}/runs',
      operationId: 'runJob',
      summary: 'Run a job now',
      description: 'Answers when the run has ended. Where one is under way, answers with that.',
      params,
      errors: ['not_found'],
      answer: { status: 200, description: 'The run, also where it failed.', schema: run },
      async handle({ params: { name } }) {
        const ended = await jobs.runNow(name);
        if (ended === undefined) throw noSuchJob(name);
        return reply.value(shown(ended));
      },
    }),
  ];
}

function shown(ended: JobRun): z.input<typeof run> {
  return {
    ...ended,
    startedAt: ended.startedAt.toISOString(),
    endedAt: ended.endedAt.toISOString(),
    error: ended.error ?? null,
  };
}

function noSuchJob(name: string): AppError {
  return new AppError('not_found', `There is no job "${name}".`);
}
