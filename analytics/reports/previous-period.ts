import { dayNumber, dayText, localDay, startOfLocalDay } from './local-days.ts';
import { offsetName, offsetReader } from './time-zone.ts';

const hourMs = 3_600_000;

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The period before a range, and how the two are laid side by side. */
export interface PreviousPeriod extends Range {
  /** Days that the range is later, where it is whole days of the time zone; else undefined. */
  readonly days: number | undefined;
}

/** As long as the range and right before it; as many days before it where the range is whole days of its time zone. */
export function previousPeriod({ fromMs, toMs }: Range, timeZone: string): PreviousPeriod {
  const first = localDay(fromMs, timeZone);
  const end = localDay(toMs, timeZone);
  const whole = startOfLocalDay(first, timeZone) === fromMs && startOfLocalDay(end, timeZone) === toMs;
  if (!whole) return { fromMs: fromMs - (toMs - fromMs), toMs: fromMs, days: undefined };
  const days = end - first;
  return { fromMs: startOfLocalDay(first - days, timeZone), toMs: fromMs, days };
}

/** A day of the period before as the day of the range that it is compared with. */
export function laterDay(day: string, days: number): string {
  return dayText(dayNumber(day) + days);
}

/**
 * Each hour of the period before with the hour of the range that it is compared with; no two with the same. In whole
 * days that is the hour of the same name. One that does not come in the range, since clocks change, keeps its own
 * offset: a name that no hour of the range has.
 */
export function laterHours(
  hours: readonly string[],
  period: PreviousPeriod,
  timeZone: string,
): ReadonlyMap<string, string> {
  const offsetAt = offsetReader(timeZone);
  const later = new Map<string, string>();
  const taken = new Set<string>();
  const open: { hour: string; localMs: number; own: string }[] = [];
  const take = (hour: string, name: string) => {
    later.set(hour, name);
    taken.add(name);
  };
  for (const hour of hours) {
    const shiftedMs = period.days === undefined ? period.toMs - period.fromMs : period.days * 24 * hourMs;
    const localMs = localHourMs(hour) + shiftedMs;
    const own = hourName(localMs, hour.slice(16));
    if (hoursAt(localMs, offsetAt).includes(own)) take(hour, own);
    else open.push({ hour, localMs, own });
  }
  for (const { hour, localMs, own } of open) {
    take(hour, hoursAt(localMs, offsetAt).find((name) => !taken.has(name)) ?? own);
  }
  return later;
}

/** `2026-11-23T14:00+05:45` as if it were in UTC. */
function localHourMs(hour: string): number {
  return Date.parse(`${hour.slice(0, 16)}:00Z`);
}

function hourName(localMs: number, offset: string): string {
  return `${new Date(localMs).toISOString().slice(0, 16)}${offset}`;
}

/** The hours of a time zone that have this local time, by name, in order: one, two where clocks go back, or none. */
function hoursAt(localMs: number, offsetAt: (timeMs: number) => number): string[] {
  const around = new Set([localMs - 24 * hourMs, localMs + 24 * hourMs].map(offsetAt));
  const found: { atMs: number; name: string }[] = [];
  for (const offset of around) {
    // Where clocks change within the hour, only a part of it has the offset.
    const minutes = [0, 15, 30, 45].map((minute) => localMs + minute * 60_000 - offset * 1000);
    const atMs = minutes.find((instantMs) => offsetAt(instantMs) === offset);
    if (atMs !== undefined) found.push({ atMs, name: hourName(localMs, offsetName(offset)) });
  }
  return found.sort((a, b) => a.atMs - b.atMs).map(({ name }) => name);
}
