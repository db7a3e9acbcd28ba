import { z } from 'zod';
import {
  type ColumnType,
  fileFormats,
  filterOperators,
  type RegisteredReport,
  type ReportColumn,
  type ReportDescription,
  type ReportExport,
  reports,
} from '../../analytics/index.ts';
import { defineRoute, type Route, reply } from '../api/index.ts';
import { reportFileName } from './file-name.ts';
import type { CountedReport, ReportMaker } from './make-report.ts';
import { describedTo, reportFor, reportReaders, requestFor } from './report-access.ts';
import { reportQuery, requestOf } from './report-request.ts';

const column = z.object({
  name: z.string(),
  kind: z.enum(['dimension', 'metric', 'previous', 'change']).meta({
    description: 'With compare, a metric in the period before, and by how much it has changed since.',
  }),
  label: z.string(),
  type: z.string(),
  unit: z.string().nullable().meta({ description: 'Of what the values are numbers; null: they are none.' }),
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
export const report = z
  .object({
    name: z.string(),
    from: z.string(),
    to: z.string(),
    timeZone: z.string(),
    columns: z.array(column),
    rows: z.array(z.record(z.string(), cell)),
    totals: z.record(z.string(), cell),
    truncated: z.boolean().meta({ description: 'Whether there were more rows than the limit.' }),
    totalRows: z
      .int()
      .nullable()
      .meta({ description: 'How many rows there are without the limit; null where that is not known.' }),
    previous: z.object({ from: z.string(), to: z.string() }).optional().meta({
      description: 'The period before, with compare.',
    }),
    currency: z.string().meta({
      description:
        'Of money, ISO 4217; values of conversions are in the currencies of their conversion actions.',
      example: 'EUR',
    }),
    readFrom: z.enum(['rollup', 'events']),
    notes: z.array(z.string()).meta({ description: 'What has to be known to read the numbers.' }),
    finalUntil: z
      .string()
      .meta({ description: 'Events before this instant are counted for good, unless late ones arrive.' }),
  })
  .meta({ id: 'Report' });

/** Of what the values of a type are numbers. */
const units: Partial<Record<ColumnType, string>> = {
  count: 'count',
  ratio: 'ratio',
  micros: 'millionths of a currency',
  ms: 'milliseconds',
  decimal: 'number',
};

/** The reports' part of the API. */
export function reportRoutes(maker: ReportMaker, now: () => number = Date.now): Route[] {
  const common = { method: 'get', tag: 'Reports', access: reportReaders } as const;
  return [
    defineRoute({
      ...common,
      path: '/reports',
      operationId: 'listReports',
      summary: 'What reports there are',
      description: 'With each dimension and metric, its type, unit and definition.',
      answer: { status: 200, description: 'The reports.', schema: z.object({ items: z.array(description) }) },
      handle: ({ who }) => {
        const readable = Object.values(reports).flatMap((each) => describedTo(who.role, each) ?? []);
        return reply.value({ items: readable.map(describe) });
      },
    }),
    defineRoute({
      ...common,
      path: '/reports/{name}',
      operationId: 'getReport',
      summary: 'Make a report',
      description:
        'JSON has the totals and what has to be known of the numbers. The other formats are files of the rows alone, of ' +
        'any size; their headers say how many rows there are (`Signpost-Total-Rows`, with a limit), whether some were ' +
        'left out (`Signpost-Truncated`), until when the numbers are final (`Signpost-Final-Until`), and the currency of money (`Signpost-Currency`).',
      params: z.object({ name: z.string().max(100).meta({ example: 'visitors' }) }),
      query: reportQuery,
      errors: ['not_found', 'clickhouse_unavailable'],
      answer: {
        status: 200,
        description: 'The report.',
        schema: report,
        also: {
          [fileFormats.csv]: { example: 'country,pageViews,visits,visitors\r\nTW,12,4,3\r\n' },
          [fileFormats.ndjson]: { example: '{"country":"TW","pageViews":12,"visits":4,"visitors":3}\n' },
          [fileFormats.xlsx]: { example: 'a workbook' },
          [fileFormats.parquet]: { example: 'a Parquet file' },
        },
      },
      async handle({ who, params, query: { format, ...query }, signal, record }) {
        const name = reportFor(who, params.name);
        const request = requestFor(who, name, requestOf(query, new Date(now())));
        if (format === 'json') return reply.value(described(await maker.make(name, request, signal)));
        await record({ action: 'download', entity: 'report', id: name, detail: { format, ...query } });
        const file = await maker.file(name, request, format, signal);
        return reply.stream(fileFormats[format], contentOf(file), {
          'Content-Disposition': `attachment; filename="${reportFileName(name, request, format)}"`,
          'Signpost-Currency': maker.currency,
          ...headersOf(file),
        });
      },
    }),
  ];
}

function headersOf({ totalRows, truncated, finalUntil }: ReportExport): Record<string, string> {
  return {
    ...(totalRows === null ? {} : { 'Signpost-Total-Rows': String(totalRows) }),
    'Signpost-Truncated': String(truncated),
    'Signpost-Final-Until': finalUntil,
  };
}

async function* contentOf(file: ReportExport): AsyncGenerator<string | Uint8Array> {
  try {
    yield* file.content;
  } finally {
    await file.close();
  }
}

function describe({ run: _run, prepare: _prepare, ...text }: RegisteredReport): z.input<typeof description> {
  const { dimensions, metrics, defaultMetrics }: ReportDescription = text;
  return {
    ...text,
    dimensions: dimensions.map(ownColumn),
    metrics: metrics.map(ownColumn),
    defaultMetrics: [...defaultMetrics],
  };
}

export function described(made: CountedReport): z.input<typeof report> {
  return { ...made, columns: made.columns.map(ownColumn), rows: [...made.rows], notes: [...made.notes] };
}

function ownColumn({ filters, ...rest }: ReportColumn): z.input<typeof column> {
  const shown = { ...rest, unit: units[rest.type] ?? null };
  return filters === undefined ? shown : { ...shown, filters: [...filters] };
}
