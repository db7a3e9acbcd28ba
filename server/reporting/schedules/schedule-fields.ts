import { z } from 'zod';
import { contentFields, fileFormatNames } from '../report-request.ts';
import type { Delivery, Schedule } from './deliveries.ts';

/** What is asked of a report at each period, as it is kept. */
export const storedContent = z.strictObject(contentFields);

const content = {
  dimensions: contentFields.dimensions,
  metrics: contentFields.metrics,
  filter: contentFields.filter,
  sort: contentFields.sort,
  limit: z.int().min(1).max(100_000_000).optional().meta({ description: 'Most rows. Default: all.' }),
  compare: contentFields.compare,
};

/** Names below a folder: no way out of it, and nothing that needs quoting. */
const place = z
  .string()
  .regex(/^$|^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/, {
    error: 'must be names of letters, digits, - _ . with / between them',
  })
  .max(200);

const targets = z
  .strictObject({
    email: z
      .array(z.email())
      .min(1)
      .max(50)
      .optional()
      .meta({
        description: 'Addresses. Needs SMTP_URL.',
        example: ['marketing@example.com'],
      }),
    folder: place.optional().meta({
      description: 'Folder below REPORTS_DIR; empty: that itself.',
      example: 'weekly',
    }),
    bucket: place.optional().meta({
      description: 'What the names of objects begin with, before a /; empty: nothing. Needs S3_URL.',
      example: 'weekly',
    }),
  })
  .refine((given) => Object.values(given).some((value) => value !== undefined), {
    error: 'must have at least one of email, folder, bucket',
  });

const fields = {
  name: z.string().trim().min(1).max(200).meta({ example: 'Visitors of the week' }),
  status: z
    .enum(['active', 'paused'])
    .meta({ description: 'What falls due while it is paused is not made up for.' }),
  report: z.string().max(100).meta({ description: 'Name of the report.', example: 'visitors' }),
  ...content,
  every: z.enum(['day', 'week', 'month']).meta({
    description: 'The day before, the seven days before, or the month before is reported.',
  }),
  weekday: z.int().min(1).max(7).nullable().meta({
    description: 'Of weekly ones: the day on which it is sent, 1 for Monday.',
  }),
  hour: z
    .int()
    .min(0)
    .max(23)
    .meta({ description: 'Hour of the day at which it is sent, in the time zone.' }),
  timeZone: z
    .string()
    .max(60)
    .refine(isTimeZone, { error: 'has to be an IANA time zone, like Asia/Taipei' })
    .meta({ example: 'Asia/Taipei' }),
  formats: z.array(z.enum(fileFormatNames)).max(4).meta({ description: 'Files, attached or put.' }),
  targets,
  waitHours: z.int().min(0).max(72).meta({
    description:
      'How long to wait for final numbers; then the report is sent and says that it is provisional.',
  }),
};

export const createSchema = z
  .strictObject({
    ...fields,
    status: fields.status.default('active'),
    weekday: fields.weekday.default(null),
    hour: fields.hour.default(6),
    timeZone: fields.timeZone.default('UTC'),
    formats: fields.formats.default(['csv']),
    waitHours: fields.waitHours.default(6),
  })
  .meta({
    id: 'ReportScheduleCreate',
    example: {
      ...{ name: 'Visitors of the week', report: 'visitors', dimensions: 'country', every: 'week' },
      weekday: 1,
      targets: { folder: 'weekly' },
    },
  });
export type ScheduleInput = z.output<typeof createSchema>;

const noneAsNull = 'null: as if it had never been given.';

/** What need not be given is taken away by null. */
const patchContent = {
  dimensions: content.dimensions.nullable().meta({ description: noneAsNull }),
  metrics: content.metrics.nullable().meta({ description: noneAsNull }),
  filter: content.filter.nullable().meta({ description: noneAsNull }),
  sort: content.sort.nullable().meta({ description: noneAsNull }),
  limit: content.limit.nullable().meta({ description: noneAsNull }),
  compare: content.compare.nullable().meta({ description: noneAsNull }),
};

export const patchSchema = z
  .strictObject({ ...fields, ...patchContent })
  .partial()
  .meta({ id: 'ReportSchedulePatch', example: { status: 'paused', compare: null } });
export type SchedulePatch = z.output<typeof patchSchema>;

export const outputSchema = z
  .object({
    id: z.int(),
    ...fields,
    status: z.enum(['active', 'paused', 'archived']),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'ReportSchedule' });

export const deliverySchema = z
  .object({
    id: z.int(),
    firstDay: z.string().meta({ example: '2026-11-16' }),
    lastDay: z.string().meta({ example: '2026-11-22' }),
    target: z.enum(['email', 'folder', 'bucket']),
    status: z.enum(['waiting', 'sending', 'delivered', 'failed']),
    dueAt: z.string(),
    nextAt: z.string().nullable().meta({ description: 'When it is tried next; null: it is done.' }),
    attempts: z.int(),
    provisional: z.boolean().nullable().meta({
      description: 'Whether the numbers were not final when they were sent.',
    }),
    result: z.record(z.string(), z.unknown()).nullable().meta({ description: 'What was sent where.' }),
    error: z.string().nullable().meta({ description: 'Why the last try failed.' }),
    endedAt: z.string().nullable(),
  })
  .meta({ id: 'ReportDelivery' });

/** A schedule's fields with those of a patch in their place. */
export function patched(current: object, patch: SchedulePatch): ScheduleInput {
  const together: Record<string, unknown> = { ...current, ...patch };
  for (const name of Object.keys(patchContent)) if (together[name] === null) delete together[name];
  return createSchema.parse(together);
}

export function scheduleOutput(row: Schedule): z.input<typeof outputSchema> {
  const { limit, ...rest } = row.content;
  return {
    ...{ id: row.id, name: row.name, status: row.status, report: row.report },
    ...(rest as Partial<Pick<ScheduleInput, 'dimensions' | 'metrics' | 'filter' | 'sort' | 'compare'>>),
    ...(limit === undefined ? {} : { limit: Number(limit) }),
    ...{ every: row.every, weekday: row.weekday, hour: row.hour, timeZone: row.time_zone },
    ...{ formats: row.formats, targets: row.targets, waitHours: row.wait_hours },
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export function deliveryOutput(row: Delivery): z.input<typeof deliverySchema> {
  return {
    ...{ id: row.id, firstDay: row.first_day, lastDay: row.last_day, target: row.target, status: row.status },
    dueAt: row.due_at.toISOString(),
    nextAt: row.ended_at === null ? row.next_at.toISOString() : null,
    ...{ attempts: row.attempts, provisional: row.provisional, error: row.error },
    result: row.result as Record<string, unknown> | null,
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}

/** The part of a schedule that `storedContent` reads. */
export function contentColumn(input: Pick<ScheduleInput, keyof typeof content>): Record<string, string> {
  const names = Object.keys(content) as (keyof typeof content)[];
  return Object.fromEntries(
    names.flatMap((name) => (input[name] === undefined ? [] : [[name, String(input[name])]])),
  );
}

function isTimeZone(timeZone: string): boolean {
  if (!/^[A-Za-z]/.test(timeZone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
