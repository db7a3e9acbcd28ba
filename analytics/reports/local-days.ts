import { TZDate } from '@date-fns/tz';

const dayMs = 86_400_000;

/** The day at an instant in a time zone, as its number since 1970-01-01. */
export function localDay(instantMs: number, timeZone: string): number {
  const local = new TZDate(instantMs, timeZone);
  return Date.UTC(local.getFullYear(), local.getMonth(), local.getDate()) / dayMs;
}

/**
 * The first instant of a day in a time zone. Where clocks are put forward at midnight the day starts later than 00:00,
 * and `TZDate` may name an instant of the day before: then it is an hour of that day too early. A day that a zone left
 * out, like 2011-12-30 in Apia, starts with the next.
 */
export function startOfLocalDay(day: number, timeZone: string): number {
  const utc = new Date(day * dayMs);
  const wanted = [utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate()] as const;
  let start = new TZDate(...wanted, timeZone).getTime();
  for (let step = 0; step < 8 && localDay(start, timeZone) < day; step++) start += dayMs / 96;
  return start;
}

/** The number of a day like `2026-11-23`. */
export function dayNumber(text: string): number {
  return Date.parse(`${text}T00:00:00Z`) / dayMs;
}

/** Like `2026-11-23`. */
export function dayText(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}
