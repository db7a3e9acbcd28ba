import type { Parameters } from '../clickhouse/sql-text.ts';
import {
  type Cell,
  type Report,
  type ReportColumn,
  type ReportContext,
  type ReportDefinition,
  reportTimeoutS,
} from './report.ts';
import type { CheckedRequest } from './request.ts';
import { zoneParameters } from './time-zone.ts';

/** Where a report's numbers come from. */
export interface ReportSource {
  /** SELECT whose columns the report's dimensions and metrics are made of. */
  readonly sql: string;
  readonly parameters: Parameters;
  readonly finalUntilMs: number;
}

/**
 * Groups a source by the dimensions asked for. Rows and totals come from one query, so that both see the same events.
 */
export async function groupedReport(
  context: ReportContext,
  definition: ReportDefinition,
  request: CheckedRequest,
  source: ReportSource,
): Promise<Report> {
  const filter = filterCondition(definition, request);
  const found = await context.clickhouse.query<Record<string, Cell>>(
    groupingSql(definition, request, `(${source.sql})`, filter.sql),
    {
      ...source.parameters,
      ...filter.parameters,
      ...zoneParameters(request.timeZone, request.fromMs, request.toMs),
    },
    {
      lane: 'reports',
      signal: context.signal,
      settings: { max_execution_time: reportTimeoutS, force_grouping_standard_compatibility: 1 },
    },
  );
  const totalRow = found.find(({ is_total }) => is_total === 1);
  const rows = request.dimensions.length === 0 ? found : found.filter(({ is_total }) => is_total === 0);
  return {
    name: definition.name,
    from: new Date(request.fromMs).toISOString(),
    to: new Date(request.toMs).toISOString(),
    timeZone: request.timeZone,
    columns: [
      ...columnsOf('dimension', definition.dimensions, request.dimensions),
      ...columnsOf('metric', definition.metrics, request.metrics),
    ],
    rows: rows.slice(0, request.limit).map((row) => ({
      ...cells(row, 'd', request.dimensions),
      ...cells(row, 'm', request.metrics),
    })),
    totals: totalRow === undefined ? emptyTotals(definition, request) : cells(totalRow, 'm', request.metrics),
    truncated: rows.length > request.limit,
    finalUntil: new Date(source.finalUntilMs).toISOString(),
  };
}

function groupingSql(
  definition: ReportDefinition,
  request: CheckedRequest,
  source: string,
  filter: string,
): string {
  const keys = request.dimensions.map((_, index) => `d${index}`);
  const total = keys.length === 0 ? '1' : `grouping(${keys[0]}) = 1`;
  const dimensions = request.dimensions.map(
    (name, index) => `${definition.dimensions[name]?.expression} AS d${index}`,
  );
  const metrics = request.metrics.map(
    (name, index) => `${definition.metrics[name]?.aggregate(total)} AS m${index}`,
  );
  const times = request.dimensions.flatMap((name) => definition.dimensions[name]?.order ?? []);
  const order = [
    'is_total DESC',
    ...times.map((expression) => `min(${expression})`),
    ...(times.length === 0 ? ['m0 DESC'] : []),
    ...keys,
  ];
  const grouping = keys.length === 0 ? '' : `GROUP BY GROUPING SETS ((${keys.join(', ')}), ())`;
  return `SELECT ${[...dimensions, `${total} AS is_total`, ...metrics].join(', ')}
FROM ${source}
WHERE ${filter}
${grouping}
ORDER BY ${order.join(', ')}
LIMIT ${request.limit + 2}`;
}

function filterCondition(
  definition: ReportDefinition,
  request: CheckedRequest,
): { sql: string; parameters: Parameters } {
  const parameters: Record<string, readonly string[] | readonly number[]> = {};
  const conditions = [...request.filter].map(([name, values], index) => {
    const dimension = definition.dimensions[name];
    parameters[`filter${index}`] = values;
    return `has({filter${index}:Array(${dimension?.filterType})}, ${dimension?.expression})`;
  });
  return { sql: conditions.length === 0 ? '1' : conditions.join(' AND '), parameters };
}

/** The columns of a report or of its description, in the order of `names`. */
export function columnsOf(
  kind: ReportColumn['kind'],
  known: Readonly<Record<string, { type: ReportColumn['type']; definition: string }>>,
  names: readonly string[],
): ReportColumn[] {
  return names.flatMap((name) => {
    const column = known[name];
    return column === undefined ? [] : [{ name, kind, type: column.type, definition: column.definition }];
  });
}

function cells(
  row: Readonly<Record<string, Cell>>,
  prefix: string,
  names: readonly string[],
): Record<string, Cell> {
  return Object.fromEntries(names.map((name, index) => [name, row[`${prefix}${index}`] ?? null]));
}

function emptyTotals(definition: ReportDefinition, request: CheckedRequest): Record<string, Cell> {
  return Object.fromEntries(
    request.metrics.map((name) => [name, definition.metrics[name]?.type === 'count' ? 0 : null]),
  );
}
