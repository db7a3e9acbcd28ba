import { z } from 'zod';
import { dayText, type ExportRequest, localDay } from '../../../analytics/index.ts';
import type { Identity } from '../../accounts/index.ts';
import { AppError } from '../../errors.ts';
import type { ReportMaker } from '../make-report.ts';
import { reportFor, requestFor } from '../report-access.ts';
import { contentFields, requestOf } from '../report-request.ts';

/** What is asked of a report each time it is looked at, as it is kept. */
export const savedQuery = z
  .strictObject({
    ...contentFields,
    limit: z.int().min(1).max(100_000).optional().meta({ description: 'Most rows.' }),
    from: z.string().max(40).optional().meta({ description: 'As of the report.', example: '2026-11-01' }),
    to: z.string().max(40).optional().meta({ description: 'Likewise.', example: '2026-11-30' }),
    lastDays: z.int().min(1).max(400).optional().meta({
      description: 'In place of from and to: so many days up to today, whenever it is looked at.',
      example: 30,
    }),
    tz: z.string().max(60).default('UTC').meta({ description: 'IANA time zone.', example: 'Asia/Taipei' }),
  })
  .refine(({ lastDays, from, to }) => lastDays === undefined || (from === undefined && to === undefined), {
    path: ['lastDays'],
    message: 'goes without from and to',
  })
  .meta({ id: 'SavedQuery', example: { dimensions: 'country', lastDays: 30, tz: 'Asia/Taipei' } });
export type SavedQuery = z.output<typeof savedQuery>;

/** The request that a kept query is now. @throws AppError `invalid_input` */
export function savedRequest({ lastDays, ...query }: SavedQuery, now: Date): ExportRequest {
  if (lastDays === undefined) return requestOf(query, now);
  const probe = requestOf(query, now);
  const today = localDay(now.getTime(), probe.timeZone);
  return requestOf({ ...query, from: dayText(today - lastDays + 1), to: dayText(today) }, now);
}

/** A day long ago, on which nothing was counted: whether a report can be made shows there at once. */
const emptyRange = { from: new Date('2001-01-02T00:00:00Z'), to: new Date('2001-01-03T00:00:00Z') };

/** @throws AppError `not_found`, `invalid_input` where somebody cannot make the report */
export async function checkSaved(
  maker: ReportMaker,
  who: Pick<Identity, 'role' | 'visible'>,
  report: string,
  query: SavedQuery,
  now: Date,
  signal?: AbortSignal,
): Promise<void> {
  const name = reportFor(who, report);
  try {
    const { compare: _compare, sort: _sort, ...request } = requestFor(who, name, savedRequest(query, now));
    await maker.make(name, { ...request, ...emptyRange, limit: 1 }, signal);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid_input') throw error;
    const fields = error.fields.map(({ path, message }) => ({ path: `/query${path}`, message }));
    throw new AppError('invalid_input', error.message, { fields });
  }
}
