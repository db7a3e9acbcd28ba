import { TZDate } from '@date-fns/tz';
import { z } from 'zod';
import {
  AnalyticsError,
  type ClickHouse,
  filterOperators,
  isReportName,
  type RegisteredReport,
  type Report,
  type ReportColumn,
  type ReportDescription,
  reports,
  reportToCsv,
} from '../../analytics/index.ts';
import { defineRoute, integerText, type Route, reply } from '../api/index.ts';
import { AppError } from '../errors.ts';
import { filterOf, rangeOf } from './report-query.ts';

const column = z.object({
  name: z.string(),
  kind: z.enum(['dimension', 'metric']),
  label: z.string(),
  type: z.string(),
  definition: z.string(),
  additive: z.boolean().optional().meta({ description: 'Of metrics: whether the rows add up to the total.' }),
  filters: z
    .array(z.enum(filterOperators))
    .optional()
    .meta({ description: 'Of dimensions: what a filter may do.' }),
});
const description = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    dimensions: z.array(column),
    metrics: z.array(column),
    defaultMetrics: z.array(z.string()),
  })
  .meta({ id: 'ReportDescription' });
const cell = z.union([z.string(), z.number(), z.null()]);
const report = z
  .object({
    name: z.string(),
    from: z.string(),
    to: z.string(),
    timeZone: z.string(),
    columns: z.array(column),
    rows: z.array(z.record(z.string(), cell)),
    totals: z.record(z.string(), cell),
    truncated: z.boolean().meta({ description: 'Whether there were more rows than the limit.' }),
    readFrom: z.enum(['rollup', 'events']),
    notes: z.array(z.string()).meta({ description: 'What has to be known to read the numbers.' }),
    finalUntil: z
      .string()
      .meta({ description: 'Events before this instant are counted for good, unless late ones arrive.' }),
  })
  .meta({ id: 'Report' });

const names = (what: string, example: string) =>
  z
    .string()
    .max(2000)
    .optional()
    .meta({ description: `${what}, separated by commas.`, example });
const listed = (text: string | undefined) =>
  text === undefined || text === '' ? undefined : text.split(',');

const query = z.object({
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
  dimensions: names('Dimensions, in the order of the columns', 'country,region'),
  metrics: names('Metrics; default: all', 'pageViews,visitors'),
  filter: z.string().max(20_000).optional().meta({
    description: 'JSON: lists of values by dimension; only what has one of them is counted.',
    example: '{"country":["TW","DE"]}',
  }),
  limit: integerText({ min: 1, max: 100_000, description: 'Most rows. Default: 100,000.' }).optional(),
  format: z.enum(['json', 'csv']).default('json'),
});

/** The reports' part of the API. */
export function reportRoutes(clickhouse: ClickHouse, now: () => number = Date.now): Route[] {
  const common = { method: 'get' as const, tag: 'Reports', auth: 'key' as const };
  return [
    defineRoute({
      ...common,
      path: '/reports',
      operationId: 'listReports',
      summary: 'What reports there are',
      description: 'With each dimension and metric and its definition.',
      answer: { status: 200, description: 'The reports.', schema: z.object({ items: z.array(description) }) },
      handle: () =>
        reply.value({
          items: Object.values(reports).map(({ run: _run, prepare: _prepare, ...rest }: RegisteredReport) =>
            describe(rest),
          ),
        }),
    }),
    defineRoute({
      ...common,
      path: '/reports/{name}',
      operationId: 'getReport',
      summary: 'Make a report',
      params: z.object({ name: z.string().max(100).meta({ example: 'visitors' }) }),
      query,
      errors: ['not_found', 'clickhouse_unavailable'],
      answer: {
        status: 200,
        description: 'The report.',
        schema: report,
        also: {
          'text/csv; charset=utf-8': { example: 'country,pageViews,visits,visitors\r\nTW,12,4,3\r\n' },
        },
      },
      async handle({ params, query: asked, signal }) {
        const made = await makeReport(clickhouse, params.name, asked, new Date(now()), signal);
        if (asked.format === 'json') return reply.value(described(made));
        // In the report's time zone: a TZDate's own text has that.
        const day = new TZDate(made.from, made.timeZone).toISOString().slice(0, 10);
        const file = `${made.name}-${day}.csv`;
        return reply.stream('text/csv; charset=utf-8', oneChunk(reportToCsv(made)), {
          'Content-Disposition': `attachment; filename="${file}"`,
        });
      },
    }),
  ];
}

function describe(text: ReportDescription): z.input<typeof description> {
  return {
    ...text,
    dimensions: text.dimensions.map(ownColumn),
    metrics: text.metrics.map(ownColumn),
    defaultMetrics: [...text.defaultMetrics],
  };
}

function described(made: Report): z.input<typeof report> {
  return { ...made, columns: made.columns.map(ownColumn), rows: [...made.rows], notes: [...made.notes] };
}

function ownColumn({ filters, ...rest }: ReportColumn): z.input<typeof column> {
  return filters === undefined ? rest : { ...rest, filters: [...filters] };
}

async function* oneChunk(text: string): AsyncIterable<string> {
  yield text;
}

async function makeReport(
  clickhouse: ClickHouse,
  name: string,
  asked: z.output<typeof query>,
  now: Date,
  signal: AbortSignal,
): Promise<Report> {
  if (!isReportName(name)) {
    throw new AppError(
      'not_found',
      `There is no report "${name}"; there are ${Object.keys(reports).join(', ')}.`,
    );
  }
  const dimensions = listed(asked.dimensions);
  const metrics = listed(asked.metrics);
  const request = {
    ...rangeOf(asked, now),
    timeZone: asked.tz,
    filters: Object.entries(filterOf(asked.filter)).map(([dimension, values]) => ({
      dimension,
      operator: 'in' as const,
      values,
    })),
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(asked.limit === undefined ? {} : { limit: asked.limit }),
  };
  try {
    return await reports[name].run({ clickhouse, now, signal }, request);
  } catch (error) {
    throw asAppError(error);
  }
}

function asAppError(error: unknown): unknown {
  if (!(error instanceof AnalyticsError)) return error;
  if (error.code === 'report_invalid')
    return new AppError('invalid_input', error.message, { fields: error.fields });
  if (error.retryable) return new AppError('clickhouse_unavailable', error.message, { cause: error });
  return error;
}
