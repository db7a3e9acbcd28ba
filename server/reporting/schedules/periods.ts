import { TZDate } from '@date-fns/tz';
import { dayNumber, dayText, localDay, startOfLocalDay } from '../../../analytics/index.ts';

export type Every = 'day' | 'week' | 'month';

/** When a schedule's reports are due. */
export interface Timing {
  readonly every: Every;
  /** Of weekly ones, 1 for Monday. */
  readonly weekday: number | null;
  readonly hour: number;
  /** IANA name. */
  readonly timeZone: string;
}

/** What one report is about: whole days of the time zone, both included. */
export interface DuePeriod {
  readonly firstDay: string;
  readonly lastDay: string;
  readonly dueMs: number;
}

/** Most periods that are made up for after a time in which nothing ran. */
const mostMadeUp: Readonly<Record<Every, number>> = { day: 7, week: 4, month: 3 };

/**
 * The periods that fell due after `sinceMs` and by `nowMs`, the oldest first: at most the last week of days, four of
 * weeks, three of months. A period is the day, the week or the month that ended before the day on which it is due.
 */
export function duePeriods(timing: Timing, sinceMs: number, nowMs: number): DuePeriod[] {
  const found: DuePeriod[] = [];
  // No due day lies further back than this, where at most three months are made up for.
  const today = localDay(nowMs, timing.timeZone);
  for (let day = today; day > today - 100 && found.length < mostMadeUp[timing.every]; day--) {
    const period = periodDueOn(timing, day);
    if (period === undefined || period.dueMs > nowMs) continue;
    if (period.dueMs <= sinceMs) break;
    found.push(period);
  }
  return found.reverse();
}

/** The latest period that is over by a day's beginning; also one that is not due yet. */
export function periodBefore(timing: Timing, day: string): DuePeriod {
  for (let due = dayNumber(day); ; due--) {
    const period = periodDueOn(timing, due);
    if (period !== undefined) return period;
  }
}

/** The first and the last instant of a period; the latter is the first that is not in it. */
export function periodRange(
  { firstDay, lastDay }: Pick<DuePeriod, 'firstDay' | 'lastDay'>,
  timeZone: string,
): { from: Date; to: Date } {
  return {
    from: new Date(startOfLocalDay(dayNumber(firstDay), timeZone)),
    to: new Date(startOfLocalDay(dayNumber(lastDay) + 1, timeZone)),
  };
}

function periodDueOn({ every, weekday, hour, timeZone }: Timing, day: number): DuePeriod | undefined {
  const date = new Date(`${dayText(day)}T00:00:00Z`);
  if (every === 'week' && (date.getUTCDay() || 7) !== weekday) return undefined;
  if (every === 'month' && date.getUTCDate() !== 1) return undefined;
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const days = every === 'day' ? 1 : every === 'week' ? 7 : new Date(Date.UTC(year, month, 0)).getUTCDate();
  return {
    firstDay: dayText(day - days),
    lastDay: dayText(day - 1),
    dueMs: new TZDate(year, month, date.getUTCDate(), hour, timeZone).getTime(),
  };
}
