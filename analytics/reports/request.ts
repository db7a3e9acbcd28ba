import { AnalyticsError, type FieldProblem } from '../clickhouse/errors.ts';
import {
  type Dimension,
  type FilterOperator,
  filterOperators,
  type ReportDefinition,
  type ReportFilter,
  type ReportRequest,
  type ReportSort,
} from './report.ts';
import { knownTimeZone } from './time-zone.ts';

export const maximumRows = 100_000;

/** ClickHouse's DateTime ends in 2106. */
const latestMs = Date.UTC(2100, 0);

/** Most values of one filter, and most filters of one request. */
const maximumValues = 1000;
const maximumFilters = 50;

export interface CheckedFilter {
  readonly dimension: string;
  readonly operator: FilterOperator;
  readonly values: readonly string[] | readonly number[];
}

/** A request that fits its report. */
export interface CheckedRequest {
  readonly fromMs: number;
  readonly toMs: number;
  readonly timeZone: string;
  readonly dimensions: readonly string[];
  readonly metrics: readonly string[];
  readonly filters: readonly CheckedFilter[];
  readonly sort: readonly ReportSort[];
  /** undefined: none was asked for. */
  readonly limit: number | undefined;
}

/** Tells what is wrong with dimensions that are all known; undefined: nothing. */
export type DimensionsProblem = (
  asked: Pick<CheckedRequest, 'dimensions' | 'filters' | 'metrics'>,
) => string | undefined;

/**
 * Checks a request against a report. Throws `report_invalid` with every problem it has.
 * @param dimensionsProblem tells what else is wrong with the dimensions
 */
export function checkRequest(
  definition: ReportDefinition,
  request: ReportRequest,
  dimensionsProblem: DimensionsProblem = () => undefined,
): CheckedRequest {
  const problems: FieldProblem[] = [];
  const fromMs = instant(request.from, '/from', problems);
  const toMs = instant(request.to, '/to', problems);
  if (fromMs >= toMs) problems.push({ path: '/to', message: 'must be later than from' });
  const timeZone = knownTimeZone(request.timeZone);
  if (timeZone === undefined) {
    problems.push({ path: '/timeZone', message: `${quote(request.timeZone)} is no IANA time zone name` });
  }
  const dimensions = names(request.dimensions ?? [], definition.dimensions, '/dimensions', problems);
  const metrics = names(
    request.metrics ?? definition.defaultMetrics ?? Object.keys(definition.metrics),
    definition.metrics,
    '/metrics',
    problems,
  );
  if (metrics.length === 0) problems.push({ path: '/metrics', message: 'must name at least one' });
  const filters = checkFilters(definition, request.filters ?? [], problems);
  const unfit = dimensionsProblem({ dimensions, filters, metrics });
  if (unfit !== undefined) problems.push({ path: '/dimensions', message: unfit });
  const sort = request.sort ?? [];
  checkSort(sort, [...dimensions, ...metrics], problems);
  const { limit } = request;
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1 || limit > maximumRows)) {
    problems.push({ path: '/limit', message: `must be a whole number from 1 to ${maximumRows}` });
  }
  if (problems.length > 0 || timeZone === undefined) {
    const detail = problems.map((problem) => `${problem.path.slice(1)} ${problem.message}`).join('; ');
    throw new AnalyticsError('report_invalid', `The report cannot be made: ${detail}.`, { fields: problems });
  }
  return { fromMs, toMs, timeZone, dimensions, metrics, filters, sort, limit };
}

function instant(value: Date, path: string, problems: FieldProblem[]): number {
  const ms = value.getTime();
  if (!(ms >= 0 && ms <= latestMs)) {
    problems.push({ path, message: 'must be a time between 1970 and 2100' });
    return Number.NaN;
  }
  return ms;
}

function names(
  asked: readonly string[],
  known: Readonly<Record<string, unknown>>,
  path: string,
  problems: FieldProblem[],
): readonly string[] {
  asked.forEach((name, index) => {
    if (!Object.hasOwn(known, name)) {
      const message = `${quote(name)} is none of ${Object.keys(known).join(', ')}`;
      problems.push({ path: `${path}/${index}`, message });
    } else if (asked.indexOf(name) !== index) {
      problems.push({ path: `${path}/${index}`, message: `${quote(name)} is named twice` });
    }
  });
  return asked;
}

/** What a filter may do with a dimension. */
export function operatorsOf({ filterType }: Dimension): readonly FilterOperator[] {
  if (filterType === undefined) return [];
  return filterType === 'String'
    ? filterOperators
    : filterOperators.filter((name) => !name.endsWith('prefix'));
}

function checkFilters(
  definition: ReportDefinition,
  filters: readonly ReportFilter[],
  problems: FieldProblem[],
): CheckedFilter[] {
  if (filters.length > maximumFilters)
    problems.push({ path: '/filters', message: `must be at most ${maximumFilters}` });
  return filters.flatMap((filter, index): CheckedFilter[] => {
    const path = `/filters/${index}`;
    const { dimension: name, operator, values } = filter;
    const dimension = Object.hasOwn(definition.dimensions, name) ? definition.dimensions[name] : undefined;
    if (dimension?.filterType === undefined) {
      const possible = Object.entries(definition.dimensions)
        .filter(([, { filterType }]) => filterType !== undefined)
        .map(([other]) => other);
      problems.push({ path, message: `${quote(name)} is none of ${possible.join(', ')}` });
      return [];
    }
    if (!operatorsOf(dimension).includes(operator)) {
      const allowed = operatorsOf(dimension).join(', ');
      problems.push({ path, message: `${name} takes ${allowed}, not ${quote(operator)}` });
      return [];
    }
    const most = operator === 'eq' || operator === 'not' ? 1 : maximumValues;
    if (values.length < 1 || values.length > most) {
      problems.push({ path, message: most === 1 ? 'must have one value' : `must have 1 to ${most} values` });
    }
    if (dimension.filterType === 'String') return [{ dimension: name, operator, values: values.map(String) }];
    const numbers = values.map((value) => (value === '' ? Number.NaN : Number(value)));
    const bad = numbers.findIndex((value) => !Number.isInteger(value) || value < 0 || value > 0xffff_ffff);
    if (bad !== -1) problems.push({ path: `${path}/values/${bad}`, message: 'must be a whole number' });
    return [{ dimension: name, operator, values: numbers }];
  });
}

function checkSort(sort: readonly ReportSort[], columns: readonly string[], problems: FieldProblem[]): void {
  sort.forEach(({ column }, index) => {
    if (columns.includes(column)) return;
    const message = `${quote(column)} is none of the columns asked for: ${columns.join(', ')}`;
    problems.push({ path: `/sort/${index}`, message });
  });
}

function quote(text: string): string {
  return JSON.stringify(String(text).slice(0, 60));
}
