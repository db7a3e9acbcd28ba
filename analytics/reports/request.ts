import { AnalyticsError, type FieldProblem } from '../clickhouse/errors.ts';
import type { ReportDefinition, ReportRequest } from './report.ts';
import { knownTimeZone } from './time-zone.ts';

export const maximumRows = 100_000;

/** ClickHouse's DateTime ends in 2106. */
const latestMs = Date.UTC(2100, 0);

/** A request that fits its report. */
export interface CheckedRequest {
  readonly fromMs: number;
  readonly toMs: number;
  readonly timeZone: string;
  readonly dimensions: readonly string[];
  readonly metrics: readonly string[];
  readonly filter: ReadonlyMap<string, readonly string[] | readonly number[]>;
  readonly limit: number;
}

/** Checks a request against a report. Throws `report_invalid` with every problem it has. */
export function checkRequest(definition: ReportDefinition, request: ReportRequest): CheckedRequest {
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
    request.metrics ?? Object.keys(definition.metrics),
    definition.metrics,
    '/metrics',
    problems,
  );
  if (metrics.length === 0) problems.push({ path: '/metrics', message: 'must name at least one' });
  const filter = checkFilter(definition, request.filter ?? {}, problems);
  const limit = request.limit ?? maximumRows;
  if (!Number.isInteger(limit) || limit < 1 || limit > maximumRows) {
    problems.push({ path: '/limit', message: `must be a whole number from 1 to ${maximumRows}` });
  }
  if (problems.length > 0 || timeZone === undefined) {
    const detail = problems.map((problem) => `${problem.path.slice(1)} ${problem.message}`).join('; ');
    throw new AnalyticsError('report_invalid', `The report cannot be made: ${detail}.`, { fields: problems });
  }
  return { fromMs, toMs, timeZone, dimensions, metrics, filter, limit };
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

function checkFilter(
  definition: ReportDefinition,
  filter: Readonly<Record<string, readonly (string | number)[]>>,
  problems: FieldProblem[],
): CheckedRequest['filter'] {
  const checked = new Map<string, readonly string[] | readonly number[]>();
  for (const [name, values] of Object.entries(filter)) {
    const path = `/filter/${name}`;
    const dimension = Object.hasOwn(definition.dimensions, name) ? definition.dimensions[name] : undefined;
    if (dimension?.filterType === undefined) {
      const possible = Object.entries(definition.dimensions)
        .filter(([, { filterType }]) => filterType !== undefined)
        .map(([other]) => other);
      problems.push({ path, message: `${quote(name)} is none of ${possible.join(', ')}` });
    } else if (dimension.filterType === 'String') {
      checked.set(name, values.map(String));
    } else {
      const numbers = values.map((value) => (value === '' ? Number.NaN : Number(value)));
      const bad = numbers.findIndex((value) => !Number.isInteger(value) || value < 0 || value > 0xffff_ffff);
      if (bad !== -1) problems.push({ path: `${path}/${bad}`, message: 'must be a whole number' });
      checked.set(name, numbers);
    }
  }
  return checked;
}

function quote(text: string): string {
  return JSON.stringify(String(text).slice(0, 60));
}
