import type { Cell, ReportName, Row } from '../../../analytics/index.ts';
import { AppError, type FieldProblem } from '../../errors.ts';
import type { CountedReport } from '../make-report.ts';
import { type SavedQuery, savedRequest } from './saved-query.ts';

/** Reports that may leave the house. */
export const shareable = [
  'visitors',
  'audience',
  'traffic',
  'delivery',
  'inventory',
] as const satisfies ReportName[];
type Shareable = (typeof shareable)[number];

/** What tells of visitors. Only reports that count people can keep small groups back. */
const ofVisitors: ReadonlySet<string> = new Set([
  ...[
    'country',
    'region',
    'city',
    'browser',
    'browserVersion',
    'os',
    'osVersion',
    'device',
    'language',
    'referrer',
  ],
]);

/**
 * Whether a report may be shown to readers outside, as it is asked for.
 * @throws AppError `invalid_input`
 */
export function checkShareable(report: string, query: SavedQuery): asserts report is Shareable {
  const fields: FieldProblem[] = [];
  if (!(shareable as readonly string[]).includes(report)) {
    fields.push({ path: '/report', message: `must be one of ${shareable.join(', ')}` });
  }
  const request = savedRequest(query, new Date());
  if (report !== 'visitors' && report !== 'audience') {
    const asked = [
      ...(request.dimensions ?? []),
      ...(request.filters ?? []).map(({ dimension }) => dimension),
    ];
    const telling = asked.filter((name) => ofVisitors.has(name));
    if (telling.length > 0) {
      const message = `tells of visitors by ${telling.join(', ')}: share the report visitors or audience for that`;
      fields.push({ path: '/query/dimensions', message });
    }
  }
  if (report === 'visitors' && request.compare !== undefined) {
    fields.push({
      path: '/query/compare',
      message: 'cannot be shared: small groups could be told from the change',
    });
  }
  if (fields.length === 0) return;
  const detail = fields.map(({ path, message }) => `${path.slice(1)} ${message}`).join('; ');
  throw new AppError('invalid_input', `It cannot be shared: ${detail}.`, { fields });
}

/**
 * A report of visitors for readers outside: rows of fewer than `k` visitors are put together as `other`, with the
 * smallest of the others, so that what is put together is never about fewer. The same visitor may be in several rows, so
 * their numbers are not added up. Where there are fewer than `k` in all, nothing is shown.
 * @param report has the metric `visitors`
 */
export function withoutSmallGroups(report: CountedReport, k: number): CountedReport {
  const notes = [...report.notes, `Groups of fewer than ${k} visitors are put together as "other".`];
  const people = (row: Row) => Number(row['visitors'] ?? 0);
  if (people(report.totals) < k) {
    const nothing = Object.fromEntries(Object.keys(report.totals).map((name) => [name, null]));
    return { ...report, rows: [], totals: nothing, totalRows: null, notes };
  }
  const dimensions = report.columns.filter(({ kind }) => kind === 'dimension');
  if (dimensions.length === 0) return { ...report, notes };
  const small = report.rows.filter((row) => people(row) < k);
  const large = report.rows.filter((row) => people(row) >= k);
  if (small.length === 0 && !report.truncated) return { ...report, notes };
  const smallest = large.reduce<Row | undefined>(
    (least, row) => (least === undefined || people(row) <= people(least) ? row : least),
    undefined,
  );
  const shown = large.filter((row) => row !== smallest);
  const other: Record<string, Cell> = {};
  for (const { name, kind, additive } of report.columns) {
    if (kind === 'dimension') other[name] = 'other';
    else other[name] = additive === true ? rest(report.totals, shown, name) : null;
  }
  const rows = [...shown, other];
  return { ...report, rows, totalRows: rows.length, truncated: false, notes };
}

function rest(totals: Row, shown: readonly Row[], name: string): number {
  return shown.reduce((left, row) => left - Number(row[name] ?? 0), Number(totals[name] ?? 0));
}

/** Takes a metric out that was only needed to count people. */
export function withoutColumn(report: CountedReport, name: string): CountedReport {
  const strip = (row: Row): Row => Object.fromEntries(Object.entries(row).filter(([key]) => key !== name));
  return {
    ...report,
    columns: report.columns.filter((column) => column.name !== name),
    rows: report.rows.map(strip),
    totals: strip(report.totals),
  };
}
