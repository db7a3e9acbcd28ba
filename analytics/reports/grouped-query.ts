import type { Parameters } from '../clickhouse/sql-text.ts';
import {
  type Cell,
  type PreparedReport,
  type ReadFrom,
  type Report,
  type ReportColumn,
  type ReportContext,
  type ReportDefinition,
  type ReportRequest,
  type Row,
  reportTimeoutS,
} from './report.ts';
import {
  type CheckedFilter,
  type CheckedRequest,
  checkRequest,
  type DimensionsProblem,
  maximumRows,
  operatorsOf,
} from './request.ts';
import { zoneParameters } from './time-zone.ts';

/** Where a report's numbers come from. */
export interface ReportSource {
  /** SELECT whose columns the report's dimensions and metrics are made of. */
  readonly sql: string;
  /** The same for the totals alone, where they are not a grouping of the same rows. */
  readonly totals?: string;
  readonly parameters: Parameters;
  readonly finalUntilMs: number;
  readonly readFrom: ReadFrom;
  readonly notes: readonly string[];
}

/** A report whose rows are a grouping of one source. */
export interface GroupedReport {
  readonly definition: ReportDefinition;
  readonly source: (context: ReportContext, request: CheckedRequest) => Promise<ReportSource>;
  readonly dimensionsProblem?: DimensionsProblem;
}

/**
 * Groups a source by the dimensions asked for. Rows and totals come from one query, so that both see the same events.
 * Rejects with `report_invalid`, or as ClickHouse does.
 */
export async function runGrouped(
  { definition, source: sourceOf, dimensionsProblem }: GroupedReport,
  context: ReportContext,
  asked: ReportRequest,
): Promise<Report> {
  const request = checkRequest(definition, asked, dimensionsProblem);
  const source = await sourceOf(context, request);
  const limit = request.limit ?? maximumRows;
  const found = await context.clickhouse.query<Record<string, Cell>>(
    groupingSql(definition, request, source, { totals: true, limit: limit + 2 }),
    parametersOf(request, source),
    { lane: 'reports', signal: context.signal, settings: groupingSettings },
  );
  const totalRow = found.find(({ is_total }) => is_total === 1);
  const rows = request.dimensions.length === 0 ? found : found.filter(({ is_total }) => is_total === 0);
  return {
    name: definition.name,
    from: new Date(request.fromMs).toISOString(),
    to: new Date(request.toMs).toISOString(),
    timeZone: request.timeZone,
    columns: requestColumns(definition, request),
    rows: rows.slice(0, limit).map((row) => ({
      ...cells(row, 'd', request.dimensions),
      ...cells(row, 'm', request.metrics),
    })),
    totals: totalRow === undefined ? emptyTotals(definition, request) : cells(totalRow, 'm', request.metrics),
    truncated: rows.length > limit,
    finalUntil: new Date(source.finalUntilMs).toISOString(),
    readFrom: source.readFrom,
    notes: source.notes,
  };
}

/** The same rows as a statement, to be streamed. */
export async function prepareGrouped(
  { definition, source: sourceOf, dimensionsProblem }: GroupedReport,
  context: ReportContext,
  asked: ReportRequest,
): Promise<PreparedReport> {
  const request = checkRequest(definition, asked, dimensionsProblem);
  const source = await sourceOf(context, request);
  const names = [
    ...request.dimensions.map((name, index) => `d${index} AS ${name}`),
    ...request.metrics.map((name, index) => `m${index} AS ${name}`),
  ];
  const settings = Object.entries(groupingSettings).map(([name, value]) => `${name} = ${value}`);
  return {
    columns: requestColumns(definition, request),
    sql: `SELECT ${names.join(', ')} FROM (
${groupingSql(definition, request, source, { totals: false, limit: request.limit })}
SETTINGS ${settings.join(', ')})`,
    parameters: parametersOf(request, source),
    finalUntil: new Date(source.finalUntilMs).toISOString(),
    readFrom: source.readFrom,
    notes: source.notes,
  };
}

const groupingSettings = {
  max_execution_time: reportTimeoutS,
  force_grouping_standard_compatibility: 1,
} as const;

function parametersOf(request: CheckedRequest, source: ReportSource): Parameters {
  return {
    ...source.parameters,
    ...filterParameters(request.filters),
    ...zoneParameters(request.timeZone, request.fromMs, request.toMs),
  };
}

interface Shape {
  /** Whether the row of the totals comes along. */
  readonly totals: boolean;
  readonly limit: number | undefined;
}

function groupingSql(
  definition: ReportDefinition,
  request: CheckedRequest,
  source: ReportSource,
  { totals, limit }: Shape,
): string {
  const keys = request.dimensions.map((_, index) => `d${index}`);
  const withTotals = totals && keys.length > 0;
  const parts: string[] = [];
  if (keys.length === 0) parts.push(grouped(definition, request, source.sql, '1', ''));
  else if (withTotals && source.totals === undefined) {
    const sets = `GROUP BY GROUPING SETS ((${keys.join(', ')}), ())`;
    parts.push(grouped(definition, request, source.sql, `grouping(${keys[0]}) = 1`, sets));
  } else {
    parts.push(grouped(definition, request, source.sql, '0', `GROUP BY ${keys.join(', ')}`));
    if (withTotals) parts.push(grouped(definition, request, source.totals ?? '', '1', ''));
  }
  return `SELECT * FROM (
${parts.join('\nUNION ALL\n')}
)
ORDER BY ${['is_total DESC', ...orderOf(definition, request)].join(', ')}
${limit === undefined ? '' : `LIMIT ${limit}`}`;
}

/** One row for each group; in the totals there are no dimensions. */
function grouped(
  definition: ReportDefinition,
  request: CheckedRequest,
  source: string,
  total: string,
  grouping: string,
): string {
  const hasKeys = grouping !== '';
  const dimensions = request.dimensions.map((name, index) =>
    hasKeys ? `${definition.dimensions[name]?.expression} AS d${index}` : `NULL AS d${index}`,
  );
  const times = request.dimensions.flatMap((name, index) => {
    const order = definition.dimensions[name]?.order;
    if (order === undefined) return [];
    return [hasKeys ? `min(${order}) AS o${index}` : `NULL AS o${index}`];
  });
  const metrics = request.metrics.map(
    (name, index) => `${definition.metrics[name]?.aggregate(total)} AS m${index}`,
  );
  return `SELECT ${[...dimensions, ...times, `${total} AS is_total`, ...metrics].join(', ')}
FROM (${source})
WHERE ${filterSql(definition, request.filters)}
${grouping}`;
}

function orderOf(definition: ReportDefinition, { dimensions, metrics, sort }: CheckedRequest): string[] {
  const keys = dimensions.map((_, index) => `d${index}`);
  const inTime = (name: string) =>
    definition.dimensions[name]?.order === undefined ? undefined : `o${dimensions.indexOf(name)}`;
  if (sort.length === 0) {
    const times = dimensions.flatMap((name) => inTime(name) ?? []);
    return [...times, ...(times.length === 0 ? ['m0 DESC'] : []), ...keys];
  }
  const asked = sort.map(({ column, descending }) => {
    const at = dimensions.indexOf(column);
    const value = at === -1 ? `m${metrics.indexOf(column)}` : (inTime(column) ?? `d${at}`);
    return `${value} ${descending ? 'DESC' : 'ASC'} NULLS LAST`;
  });
  return [...asked, ...keys];
}

/** Condition on the source's rows; its parameters come from `filterParameters`. */
export function filterSql(definition: ReportDefinition, filters: readonly CheckedFilter[]): string {
  const conditions = filters.map(({ dimension: name, operator }, index) => {
    const dimension = definition.dimensions[name];
    const values = `{filter${index}:Array(${dimension?.filterType})}`;
    const value = dimension?.expression;
    const begins = `arrayExists(start -> startsWith(toString(${value}), start), ${values})`;
    if (operator === 'prefix') return begins;
    if (operator === 'not_prefix') return `NOT ${begins}`;
    return operator === 'eq' || operator === 'in'
      ? `has(${values}, ${value})`
      : `NOT has(${values}, ${value})`;
  });
  return conditions.length === 0 ? '1' : conditions.join(' AND ');
}

export function filterParameters(filters: readonly CheckedFilter[]): Parameters {
  return Object.fromEntries(filters.map(({ values }, index) => [`filter${index}`, values]));
}

/** The columns of a request's answer. */
export function requestColumns(definition: ReportDefinition, request: CheckedRequest): ReportColumn[] {
  return [...dimensionColumns(definition, request.dimensions), ...metricColumns(definition, request.metrics)];
}

/** The columns of a report or of its description, in the order of `names`. */
export function dimensionColumns({ dimensions }: ReportDefinition, names: readonly string[]): ReportColumn[] {
  return names.flatMap((name) => {
    const column = dimensions[name];
    if (column === undefined) return [];
    const { label = inWords(name), type, definition } = column;
    return [{ name, kind: 'dimension', label, type, definition, filters: operatorsOf(column) }];
  });
}

/** Likewise. */
export function metricColumns({ metrics }: ReportDefinition, names: readonly string[]): ReportColumn[] {
  return names.flatMap((name) => {
    const column = metrics[name];
    if (column === undefined) return [];
    const { label = inWords(name), type, definition, additive } = column;
    return [{ name, kind: 'metric', label, type, definition, additive }];
  });
}

/** `browserVersion` as `Browser version`. */
function inWords(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function cells(
  row: Readonly<Record<string, Cell>>,
  prefix: string,
  names: readonly string[],
): Record<string, Cell> {
  return Object.fromEntries(names.map((name, index) => [name, row[`${prefix}${index}`] ?? null]));
}

/** Of nothing: sums are 0, and there is nothing to divide by. */
export function emptyTotals(definition: ReportDefinition, request: CheckedRequest): Row {
  return Object.fromEntries(
    request.metrics.map((name) => {
      const metric = definition.metrics[name];
      return [name, metric?.type === 'count' || metric?.additive === true ? 0 : null];
    }),
  );
}
