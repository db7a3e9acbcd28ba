import { TZDate } from '@date-fns/tz';
import { AppError, type FieldProblem } from '../errors.ts';

const dayMs = 86_400_000;
const datePattern = /^([1-9]\d{3})-(\d{2})-(\d{2})$/;
const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

export interface RangeQuery {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** IANA name. */
  readonly tz: string;
}

/**
 * The range of a report. A date, like `2026-11-23`, is a whole day of the report's time zone: `from` starts with it and
 * `to` ends with it. An instant, like `2026-11-23T08:00:00Z`, is itself; as `to` it is the first that is not counted.
 * Default: the last seven days and today.
 * @throws AppError `invalid_input` that names the field
 */
export function rangeOf(query: RangeQuery, now: Date): { from: Date; to: Date } {
  const problems: FieldProblem[] = [];
  const timeZone = isTimeZone(query.tz) ? query.tz : undefined;
  if (timeZone === undefined)
    problems.push({ path: '/tz', message: 'has to be an IANA time zone, like Asia/Taipei' });
  const today = new TZDate(now.getTime(), timeZone ?? 'UTC');
  const from =
    query.from === undefined
      ? startOfDay(today.getFullYear(), today.getMonth(), today.getDate() - 7, timeZone)
      : instantOf(query.from, 0, timeZone);
  const to =
    query.to === undefined
      ? startOfDay(today.getFullYear(), today.getMonth(), today.getDate() + 1, timeZone)
      : instantOf(query.to, 1, timeZone);
  const form = 'has to be a date, like 2026-11-23, or an instant with its offset, like 2026-11-23T08:00:00Z';
  if (from === undefined) problems.push({ path: '/from', message: form });
  if (to === undefined) problems.push({ path: '/to', message: form });
  if (problems.length > 0 || from === undefined || to === undefined) {
    throw new AppError(
      'invalid_input',
      problems.map(({ path, message }) => `${path} ${message}`).join('; '),
      {
        fields: problems,
      },
    );
  }
  return { from, to };
}

/** Newer engines also take offsets like `+05:30`, which are not names. */
function isTimeZone(timeZone: string): boolean {
  if (!/^[A-Za-z]/.test(timeZone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

function instantOf(text: string, plusDays: number, timeZone: string | undefined): Date | undefined {
  const date = datePattern.exec(text);
  if (date !== null) {
    const [year, month, day] = [Number(date[1]), Number(date[2]), Number(date[3])];
    if (!isDate(text)) return undefined;
    return startOfDay(year, month - 1, day + plusDays, timeZone);
  }
  if (!instantPattern.test(text) || !isDate(text.slice(0, 10))) return undefined;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

/** Whether the calendar has the date; `Date` itself takes the 30th of February for the 2nd of March. */
function isDate(text: string): boolean {
  const utc = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(utc.getTime()) && utc.toISOString().startsWith(text);
}

/**
 * The first instant of a day in a time zone. Where clocks are put forward at midnight the day starts later than 00:00,
 * and `TZDate` may name an instant of the day before: then it is an hour of that day too early. A day that a zone left
 * out, like 2011-12-30 in Apia, starts with the next.
 */
function startOfDay(year: number, month: number, day: number, timeZone: string | undefined): Date {
  const zone = timeZone ?? 'UTC';
  const wanted = Date.UTC(year, month, day);
  const dayAt = (instant: number) => {
    const local = new TZDate(instant, zone);
    return Date.UTC(local.getFullYear(), local.getMonth(), local.getDate());
  };
  let start = new TZDate(year, month, day, zone).getTime();
  for (let step = 0; step < 8 && dayAt(start) < wanted; step++) start += dayMs / 96;
  return new Date(start);
}

/**
 * Filters as JSON: `{"country":["TW","DE"]}`.
 * @throws AppError `invalid_input`
 */
export function filterOf(text: string | undefined): Record<string, (string | number)[]> {
  if (text === undefined || text === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw badFilter('is not valid JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw badFilter('has to be an object');
  for (const [name, values] of Object.entries(parsed)) {
    const list = Array.isArray(values) && values.length > 0 && values.length <= 1000;
    if (!list || values.some((value) => typeof value !== 'string' && typeof value !== 'number')) {
      throw badFilter(`has to give a list of texts or numbers for ${name}`);
    }
  }
  return parsed as Record<string, (string | number)[]>;
}

function badFilter(message: string): AppError {
  return new AppError('invalid_input', `/filter ${message}`, { fields: [{ path: '/filter', message }] });
}
