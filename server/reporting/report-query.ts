import { dayNumber, dayText, localDay, startOfLocalDay } from '../../analytics/index.ts';
import { AppError, type FieldProblem } from '../errors.ts';

const datePattern = /^[1-9]\d{3}-\d{2}-\d{2}$/;
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
  const zone = timeZone ?? 'UTC';
  const today = localDay(now.getTime(), zone);
  const from = instantOf(query.from ?? dayText(today - 7), 0, zone);
  const to = instantOf(query.to ?? dayText(today), 1, zone);
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

function instantOf(text: string, plusDays: number, timeZone: string): Date | undefined {
  if (datePattern.test(text)) {
    return isDate(text) ? new Date(startOfLocalDay(dayNumber(text) + plusDays, timeZone)) : undefined;
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
