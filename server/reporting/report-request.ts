import { z } from 'zod';
import {
  AnalyticsError,
  type ExportRequest,
  fileFormats,
  isReportName,
  type ReportName,
  type ReportSort,
  reports,
} from '../../analytics/index.ts';
import { integerText } from '../api/index.ts';
import { AppError } from '../errors.ts';
import { filtersOf } from './filter-text.ts';
import { rangeOf } from './report-query.ts';

const names = (what: string, example: string) =>
  z
    .string()
    .max(2000)
    .optional()
    .meta({ description: `${what}, separated by commas.`, example });

/** What is asked of a report beside its range and format, as texts of a query string. */
export const contentFields = {
  dimensions: names('Dimensions, in the order of the columns', 'country,region'),
  metrics: names('Metrics; default: all', 'pageViews,visitors'),
  filter: z
    .string()
    .max(20_000)
    .optional()
    .meta({
      description:
        'Conditions that all have to hold, separated by semicolons: name=values, name!=values (none of them), ' +
        'name^=values (begins with one of them), values separated by commas. Or JSON: lists of values by dimension.',
      example: 'country=TW,DE;browser!=Chrome',
    }),
  sort: names('Columns to sort by, each with - in front for the largest first', '-pageViews,country'),
  limit: integerText({
    min: 1,
    max: 100_000_000,
    description:
      'Most rows. Default: all; of JSON, of comparisons, and of reports that are made as a whole, 100,000.',
  }).optional(),
  compare: z.enum(['previous']).optional().meta({
    description:
      'Puts the period before beside each number, and the change. It is as long, and as many days where the range is whole days.',
  }),
};

export const fileFormatNames = Object.keys(fileFormats) as [keyof typeof fileFormats];

export const reportQuery = z.object({
  from: z.string().max(40).optional().meta({
    description: 'A date of the time zone, or an instant. Default: seven days ago.',
    example: '2026-11-01',
  }),
  to: z.string().max(40).optional().meta({
    description:
      'A date, which is counted as a whole, or the first instant that is not counted. Default: today.',
    example: '2026-11-30',
  }),
  tz: z.string().max(60).default('UTC').meta({
    description: 'IANA time zone: says where days and hours begin.',
    example: 'Asia/Taipei',
  }),
  ...contentFields,
  format: z.enum(['json', ...fileFormatNames]).default('json'),
});

export type ReportQuery = z.output<typeof reportQuery>;
export type ContentQuery = Pick<ReportQuery, keyof typeof contentFields>;

/** @throws AppError `invalid_input` */
export function requestOf(query: Omit<ReportQuery, 'format'>, now: Date): ExportRequest {
  return { ...rangeOf(query, now), timeZone: query.tz, ...contentOf(query) };
}

/** @throws AppError `invalid_input` */
export function contentOf(query: ContentQuery): Omit<ExportRequest, 'from' | 'to' | 'timeZone'> {
  const dimensions = listed(query.dimensions);
  const metrics = listed(query.metrics);
  return {
    filters: filtersOf(query.filter),
    sort: (listed(query.sort) ?? []).map(sortOf),
    compare: query.compare,
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(query.limit === undefined ? {} : { limit: query.limit }),
  };
}

function listed(text: string | undefined): string[] | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.split(',').map((name) => name.trim());
}

function sortOf(text: string): ReportSort {
  return text.startsWith('-')
    ? { column: text.slice(1), descending: true }
    : { column: text, descending: false };
}

/** @throws AppError `not_found` */
export function reportNamed(name: string): ReportName {
  if (isReportName(name)) return name;
  throw new AppError(
    'not_found',
    `There is no report "${name}"; there are ${Object.keys(reports).join(', ')}.`,
  );
}

/** What a report rejected with, as an error of the API: fields by the names that they have in the query. */
export function reportError(error: unknown, { filters = [] }: Pick<ExportRequest, 'filters'>): unknown {
  if (!(error instanceof AnalyticsError)) return error;
  if (error.retryable) return new AppError('clickhouse_unavailable', error.message, { cause: error });
  if (error.code !== 'report_invalid') return error;
  const fields = error.fields.map(({ path, message }) => ({
    message,
    path: path
      .replace(/^\/filters\/(\d+)/, (_, at) => `/filter/${filters[Number(at)]?.dimension}`)
      .replace(/^\/filters$/, '/filter')
      .replace(/^\/timeZone/, '/tz'),
  }));
  const detail = fields.map(({ path, message }) => `${path.slice(1)} ${message}`).join('; ');
  return new AppError('invalid_input', `The report cannot be made: ${detail}.`, { fields });
}
