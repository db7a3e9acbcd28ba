import { type Kysely, type Selectable, sql } from 'kysely';
import { z } from 'zod';
import { dayText, localDay } from '../../../analytics/index.ts';
import { defineRoute, integerText, type Route, reply } from '../../api/index.ts';
import type { Tables } from '../../database/index.ts';
import { AppError, type FieldProblem } from '../../errors.ts';
import type { ReportMaker } from '../make-report.ts';
import { contentOf, reportNamed } from '../report-request.ts';
import { newDelivery, type Schedule, targetsOf } from './deliveries.ts';
import type { Places } from './delivery-run.ts';
import { periodBefore } from './periods.ts';
import {
  contentColumn,
  createSchema,
  deliveryOutput,
  deliverySchema,
  outputSchema,
  patched,
  patchSchema,
  type ScheduleInput,
  type SchedulePatch,
  scheduleOutput,
  storedContent,
} from './schedule-fields.ts';

export interface ScheduleParts {
  readonly db: Kysely<Tables>;
  readonly maker: ReportMaker;
  readonly places: Places;
  /** Called when something is to be sent at once; not waited for. */
  readonly wake: () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const maxId = 0x7fff_ffff;
const params = z.object({ id: integerText({ min: 1, max: maxId, example: 12 }) });
const list = z.object({ items: z.array(outputSchema) });
const deliveryList = z.object({ items: z.array(deliverySchema) });

/** The part of the API for reports that are sent by themselves. */
export function scheduleRoutes(parts: ScheduleParts): Route[] {
  const { db } = parts;
  const access = { area: 'reports', roles: { admin: 'all', adops: 'all' } } as const;
  const common = { tag: 'Scheduled reports', access };
  const one = { ...common, path: '/report-schedules/{id}', params };
  const ofReport = ['clickhouse_unavailable'] as const;
  return [
    defineRoute({
      ...common,
      method: 'get',
      path: '/report-schedules',
      operationId: 'listReportSchedules',
      summary: 'List scheduled reports',
      description: 'All but archived ones.',
      answer: { status: 200, description: 'The schedules.', schema: list },
      handle: async () => reply.value({ items: (await all(db)).map(scheduleOutput) }),
    }),
    defineRoute({
      ...common,
      method: 'post',
      path: '/report-schedules',
      operationId: 'createReportSchedule',
      summary: 'Schedule a report',
      body: { kind: 'json' as const, schema: createSchema },
      once: true,
      errors: ofReport,
      answer: { status: 201, description: 'The schedule.', schema: outputSchema, tagged: true },
      async handle({ body, signal, once }) {
        await check(parts, body, signal);
        const now = new Date(parts.now());
        return once(async (transaction) => {
          const row = await transaction
            .insertInto('report_schedules')
            .values({ ...columnsOf(body), active_since: now })
            .returningAll()
            .executeTakeFirstOrThrow();
          return { value: scheduleOutput(row), headers: {} };
        });
      },
    }),
    defineRoute({
      ...one,
      method: 'get',
      operationId: 'getReportSchedule',
      summary: 'Get a scheduled report',
      errors: ['not_found'],
      answer: { status: 200, description: 'The schedule.', schema: outputSchema, tagged: true },
      handle: async ({ params: { id } }) => reply.value(scheduleOutput(await found(db, id))),
    }),
    defineRoute({
      ...one,
      method: 'patch',
      operationId: 'changeReportSchedule',
      summary: 'Change a scheduled report',
      body: { kind: 'json' as const, schema: patchSchema },
      matched: true,
      errors: ['not_found', 'conflict', ...ofReport],
      answer: { status: 200, description: 'The schedule.', schema: outputSchema, tagged: true },
      handle: async ({ params: { id }, body, match, signal }) =>
        reply.value(await change(parts, id, body, match, signal)),
    }),
    defineRoute({
      ...one,
      method: 'delete',
      operationId: 'archiveReportSchedule',
      summary: 'Archive a scheduled report',
      description: 'Nothing more is sent; its history stays.',
      matched: true,
      errors: ['not_found'],
      answer: { status: 204, description: 'Archived, now or before.' },
      async handle({ params: { id }, match }) {
        match(scheduleOutput(await existing(db, id)));
        await db.updateTable('report_schedules').set({ status: 'archived' }).where('id', '=', id).execute();
        return reply.value(undefined);
      },
    }),
    defineRoute({
      ...one,
      method: 'get',
      path: '/report-schedules/{id}/deliveries',
      operationId: 'listReportDeliveries',
      summary: 'What was sent',
      description: 'Also what waits and what was given up, the youngest first.',
      query: z.object({
        limit: integerText({ min: 1, max: 200, description: 'Most entries. Default: 50.' }).optional(),
      }),
      errors: ['not_found'],
      answer: { status: 200, description: 'The deliveries.', schema: deliveryList },
      async handle({ params: { id }, query: { limit = 50 } }) {
        await existing(db, id);
        return reply.value({ items: (await history(db, id, limit)).map(deliveryOutput) });
      },
    }),
    defineRoute({
      ...one,
      method: 'post',
      path: '/report-schedules/{id}/deliveries',
      operationId: 'sendReport',
      summary: 'Send the latest period now',
      description:
        'The last period that is over, though it is not due yet; a failed one is tried again. What was delivered is not sent again.',
      errors: ['not_found'],
      answer: { status: 200, description: 'The deliveries of that period.', schema: deliveryList },
      async handle({ params: { id } }) {
        const deliveries = await sendNow(parts, await found(db, id));
        return reply.value({ items: deliveries.map(deliveryOutput) });
      },
    }),
  ];
}

function all(db: Kysely<Tables>): Promise<Schedule[]> {
  return db
    .selectFrom('report_schedules')
    .selectAll()
    .where('status', '!=', 'archived')
    .orderBy('id')
    .execute();
}

async function existing(db: Kysely<Tables>, id: number): Promise<Schedule> {
  const row = await db.selectFrom('report_schedules').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new AppError('not_found', `There is no scheduled report ${id}.`);
  return row;
}

async function found(db: Kysely<Tables>, id: number): Promise<Schedule> {
  const row = await existing(db, id);
  if (row.status === 'archived') throw new AppError('not_found', `The scheduled report ${id} is archived.`);
  return row;
}

function history(
  db: Kysely<Tables>,
  id: number,
  limit: number,
): Promise<Selectable<Tables['report_deliveries']>[]> {
  return db
    .selectFrom('report_deliveries')
    .selectAll()
    .where('schedule_id', '=', id)
    .orderBy('first_day', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

async function change(
  parts: ScheduleParts,
  id: number,
  patch: SchedulePatch,
  match: (current: unknown) => void,
  signal: AbortSignal,
): Promise<z.input<typeof outputSchema>> {
  const before = await found(parts.db, id);
  match(scheduleOutput(before));
  const { id: _id, createdAt: _made, updatedAt: _changed, ...current } = scheduleOutput(before);
  const noWeek = patch.every !== undefined && patch.every !== 'week' && patch.weekday === undefined;
  const next = patched({ ...current, ...(noWeek ? { weekday: null } : {}) }, patch);
  await check(parts, next, signal);
  const now = new Date(parts.now());
  const resumed = before.status === 'paused' && next.status === 'active';
  const row = await parts.db
    .updateTable('report_schedules')
    .set({ ...columnsOf(next), updated_at: now, ...(resumed ? { active_since: now } : {}) })
    .where('id', '=', id)
    // Read to the millisecond; the check in between took its time.
    .where(sql`date_trunc('milliseconds', updated_at)`, '=', before.updated_at)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw new AppError('conflict', 'Somebody changed it at the same time. Try again.');
  return scheduleOutput(row);
}

function columnsOf(input: ScheduleInput) {
  return {
    ...{ name: input.name, status: input.status, report: input.report, every: input.every },
    ...{ weekday: input.weekday, hour: input.hour, time_zone: input.timeZone, wait_hours: input.waitHours },
    content: JSON.stringify(contentColumn(input)),
    formats: JSON.stringify(input.formats),
    targets: JSON.stringify(input.targets),
  };
}

/** A day long ago, on which nothing was counted: whether a report can be made shows there at once. */
const emptyRange = { from: new Date('2001-01-02T00:00:00Z'), to: new Date('2001-01-03T00:00:00Z') };

/** @throws AppError `invalid_input` with every field that does not fit; also where the report could not be made */
async function check(
  { maker, places }: ScheduleParts,
  input: ScheduleInput,
  signal: AbortSignal,
): Promise<void> {
  const problems: FieldProblem[] = [];
  if (input.every === 'week' && input.weekday === null)
    problems.push({ path: '/weekday', message: 'is needed, from 1 for Monday to 7' });
  if (input.every !== 'week' && input.weekday !== null)
    problems.push({ path: '/weekday', message: 'is for weekly ones alone' });
  if (input.targets.email !== undefined && places.mail === undefined)
    problems.push({ path: '/targets/email', message: 'needs the settings SMTP_URL and MAIL_FROM' });
  if (input.targets.bucket !== undefined && places.bucket === undefined)
    problems.push({ path: '/targets/bucket', message: 'needs the setting S3_URL' });
  if (input.formats.length === 0 && (input.targets.folder ?? input.targets.bucket) !== undefined)
    problems.push({ path: '/formats', message: 'must name at least one for a folder or bucket' });
  if (problems.length > 0) {
    const detail = problems.map(({ path, message }) => `${path} ${message}`).join('; ');
    throw new AppError('invalid_input', `The input does not fit: ${detail}.`, { fields: problems });
  }
  const name = reportName(input.report);
  const { compare: _compare, ...request } = contentOf(storedContent.parse(contentColumn(input)));
  const sort = (request.sort ?? []).filter(
    ({ column }) => input.compare === undefined || !/(Previous|Change)$/.test(column),
  );
  await maker.make(name, { ...request, sort, limit: 1, ...emptyRange, timeZone: 'UTC' }, signal);
}

function reportName(text: string) {
  try {
    return reportNamed(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AppError('invalid_input', message, { fields: [{ path: '/report', message }] });
  }
}

async function sendNow({ db, now, wake }: ScheduleParts, schedule: Schedule) {
  const { every, weekday, hour, time_zone: timeZone, id } = schedule;
  const today = dayText(localDay(now(), timeZone));
  const period = { ...periodBefore({ every, weekday, hour, timeZone }, today), dueMs: now() };
  await db
    .insertInto('report_deliveries')
    .values(targetsOf(schedule).map((target) => newDelivery(schedule, period, target)))
    .onConflict((conflict) => conflict.columns(['schedule_id', 'first_day', 'target']).doNothing())
    .execute();
  await db
    .updateTable('report_deliveries')
    .set({ status: 'waiting', attempts: 0, next_at: new Date(now()), ended_at: null })
    .where('schedule_id', '=', id)
    .where('first_day', '=', period.firstDay)
    .where('status', 'in', ['failed', 'waiting'])
    .execute();
  wake();
  return db
    .selectFrom('report_deliveries')
    .selectAll()
    .where('schedule_id', '=', id)
    .where('first_day', '=', period.firstDay)
    .orderBy('id')
    .execute();
}
