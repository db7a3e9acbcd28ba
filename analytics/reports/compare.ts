import { AnalyticsError } from '../clickhouse/errors.ts';
import { laterDay, laterHours, type PreviousPeriod, previousPeriod } from './previous-period.ts';
import type { Cell, Report, ReportColumn, ReportContext, ReportRequest, ReportSort, Row } from './report.ts';
import { maximumRows } from './request.ts';
import { knownTimeZone } from './time-zone.ts';

/** A report with the period before beside it. */
export interface ComparedReport extends Report {
  /** The period before, as `from` and `to`. */
  readonly previous: { readonly from: string; readonly to: string };
  /** How many rows there are without the limit. */
  readonly totalRows: number;
}

/** What the names of a metric's columns end with. */
const previousEnd = 'Previous';
const changeEnd = 'Change';

/**
 * Makes a report for its range and for the period before, and lays them side by side: after each metric comes its
 * value in the period before, and the change. A row that only one of the periods has counts as nothing in the other.
 * Rejects with `report_invalid`, also where one of the two has more rows than can be looked at, or as ClickHouse does.
 */
export async function runCompared(
  run: (context: ReportContext, request: ReportRequest) => Promise<Report>,
  context: ReportContext,
  request: ReportRequest,
): Promise<ComparedReport> {
  const { sort = [], limit = maximumRows, ...rest } = request;
  const added = sort.filter(({ column }) => addedTo(column) !== undefined);
  const asked = { ...rest, sort: sort.filter((key) => !added.includes(key)) };
  const current = await run(context, asked);
  checkSort(added, sort, current);
  const period = periodBefore(current);
  const before = await run(context, { ...asked, from: new Date(period.fromMs), to: new Date(period.toMs) });
  if (Date.parse(before.to) > Date.parse(current.from))
    throw invalid('/compare', 'does not fit a report that has no period before');
  if (current.truncated || before.truncated) {
    throw invalid('/compare', `is for reports of at most ${maximumRows} rows; ask for fewer dimensions`);
  }
  const compared = compareReports(current, before, period);
  const rows = compared.rows.toSorted(orderOf(compared, sort));
  return {
    ...compared,
    rows: rows.slice(0, limit),
    truncated: rows.length > limit,
    totalRows: rows.length,
    previous: { from: before.from, to: before.to },
  };
}

/** The metric that a column of a comparison belongs to. */
function addedTo(column: string): string | undefined {
  return /^(.+)(?:Previous|Change)$/.exec(column)?.[1];
}

function checkSort(added: readonly ReportSort[], sort: readonly ReportSort[], { columns }: Report): void {
  const known = comparedColumns(columns).map(({ name }) => name);
  for (const key of added) {
    if (known.includes(key.column)) continue;
    throw invalid(
      `/sort/${sort.indexOf(key)}`,
      `"${key.column}" is none of the columns: ${known.join(', ')}`,
    );
  }
}

function periodBefore({ from, to, timeZone, columns }: Report): PreviousPeriod {
  const range = { fromMs: Date.parse(from), toMs: Date.parse(to) };
  if (range.fromMs >= range.toMs) throw invalid('/compare', 'needs a range with something to count in it');
  const period = previousPeriod(range, knownTimeZone(timeZone) ?? 'UTC');
  if (period.fromMs < 0) throw invalid('/compare', 'the period before begins before 1970');
  if (period.days !== undefined) return period;
  const types = columns.map(({ type }) => type);
  if (types.includes('day')) throw invalid('/compare', 'by day needs whole days: give dates as from and to');
  if (types.includes('hour') && (range.toMs - range.fromMs) % 3_600_000 !== 0) {
    throw invalid('/compare', 'by hour needs a range of whole hours');
  }
  return period;
}

function invalid(path: string, message: string): AnalyticsError {
  return new AnalyticsError('report_invalid', `The report cannot be made: ${path.slice(1)} ${message}.`, {
    fields: [{ path, message }],
  });
}

/** Lays two reports of the same request side by side; the rows come in no particular order. */
export function compareReports(current: Report, before: Report, period: PreviousPeriod): Report {
  const dimensions = current.columns.filter(({ kind }) => kind === 'dimension');
  const metrics = current.columns.filter(({ kind }) => kind === 'metric');
  const keyOf = (row: Row) => JSON.stringify(dimensions.map(({ name }) => row[name]));
  const none = Object.fromEntries(metrics.map((metric) => [metric.name, ofNothing(metric)]));
  const left = new Map(shifted(before, dimensions, period).map((row) => [keyOf(row), row]));
  const rows = current.rows.map((row) => {
    const key = keyOf(row);
    const match = left.get(key);
    left.delete(key);
    return beside(dimensions, metrics, row, match ?? none);
  });
  for (const row of left.values()) rows.push(beside(dimensions, metrics, { ...row, ...none }, row));
  return {
    ...current,
    columns: comparedColumns(current.columns),
    rows,
    totals: beside([], metrics, current.totals, before.totals),
    notes: [...new Set([...current.notes, ...before.notes])],
  };
}

function comparedColumns(columns: readonly ReportColumn[]): ReportColumn[] {
  return columns.flatMap((column): ReportColumn[] => {
    if (column.kind !== 'metric') return [column];
    const { name, label } = column;
    const previous: ReportColumn = {
      ...column,
      name: `${name}${previousEnd}`,
      kind: 'previous',
      label: `${label}, before`,
      definition: `${label} in the period before.`,
    };
    if (column.type === 'text') return [column, previous];
    const change: ReportColumn = {
      name: `${name}${changeEnd}`,
      kind: 'change',
      label: `${label}, change`,
      type: 'decimal',
      definition: `Divided by ${name}${previousEnd}, less 1; null where that is 0 or unknown.`,
    };
    return [column, previous, change];
  });
}

/** The rows of the period before, under the days and hours that they are compared with. */
function shifted(
  { rows, timeZone }: Report,
  dimensions: readonly ReportColumn[],
  period: PreviousPeriod,
): readonly Row[] {
  const times = dimensions.flatMap(({ name, type }) => {
    if (type === 'day') return [{ name, later: (day: string) => laterDay(day, period.days ?? 0) }];
    if (type !== 'hour') return [];
    const hours = [...new Set(rows.map((row) => String(row[name])))];
    const later = laterHours(hours, period, timeZone);
    return [{ name, later: (hour: string) => later.get(hour) ?? hour }];
  });
  if (times.length === 0) return rows;
  return rows.map((row) => ({
    ...row,
    ...Object.fromEntries(times.map(({ name, later }) => [name, later(String(row[name]))])),
  }));
}

function beside(
  dimensions: readonly ReportColumn[],
  metrics: readonly ReportColumn[],
  row: Row,
  before: Row,
): Record<string, Cell> {
  const cells: Record<string, Cell> = {};
  for (const { name } of dimensions) cells[name] = row[name] ?? null;
  for (const { name, type } of metrics) {
    const [now, then] = [row[name] ?? null, before[name] ?? null];
    cells[name] = now;
    cells[`${name}${previousEnd}`] = then;
    if (type !== 'text') cells[`${name}${changeEnd}`] = change(now, then);
  }
  return cells;
}

function change(now: Cell, then: Cell): number | null {
  return typeof now !== 'number' || typeof then !== 'number' || then === 0 ? null : now / then - 1;
}

/** What a metric is where nothing was counted. */
function ofNothing({ type, additive }: ReportColumn): Cell {
  if (type === 'text') return '';
  return type === 'count' || additive === true ? 0 : null;
}

/** The order that was asked for, or that which reports have where none was. */
function orderOf({ columns }: Report, sort: readonly ReportSort[]): (a: Row, b: Row) => number {
  const dimensions = columns.filter(({ kind }) => kind === 'dimension');
  const times = dimensions.filter(({ type }) => type === 'day' || type === 'hour');
  const first = columns.find(({ kind }) => kind === 'metric');
  const byDefault =
    times.length > 0 || first === undefined
      ? times.map(({ name }) => ({ column: name, descending: false }))
      : [{ column: first.name, descending: true }];
  const keys = [
    ...(sort.length === 0 ? byDefault : sort),
    ...dimensions.map(({ name }) => ({ column: name, descending: false })),
  ].map((key) => ({
    ...key,
    isHour: columns.some(({ name, type }) => name === key.column && type === 'hour'),
  }));
  return (a, b) => {
    for (const { column, descending, isHour } of keys) {
      const order = compareCells(a[column] ?? null, b[column] ?? null, { descending, isHour });
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** Nulls come last either way. */
function compareCells(
  a: Cell,
  b: Cell,
  { descending, isHour }: { descending: boolean; isHour: boolean },
): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const [x, y] = isHour ? [Date.parse(String(a)), Date.parse(String(b))] : [a, b];
  const order = x < y ? -1 : x > y ? 1 : 0;
  return descending ? -order : order;
}
