import { type Weekday, weekdays } from '../../inventory/targeting.ts';

export interface LocalTime {
  readonly weekday: Weekday;
  /** 0 to 23. */
  readonly hour: number;
}

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** Day of the week and hour in a time zone; undefined where the zone is not known here. */
export function localTime(nowMs: number, timeZone: string): LocalTime | undefined {
  const format = formatOf(timeZone);
  if (format === undefined) return undefined;
  let weekday: Weekday | undefined;
  let hour = Number.NaN;
  for (const { type, value } of format.formatToParts(nowMs)) {
    if (type === 'weekday') weekday = weekdays.find((day) => day === value.toLowerCase());
    else if (type === 'hour') hour = Number(value);
  }
  return weekday === undefined || Number.isNaN(hour) ? undefined : { weekday, hour };
}

/** Kept: making a format costs more than using it a thousand times. There are some 400 zones. */
function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(timeZone)) {
    try {
      const options = { timeZone, weekday: 'short', hour: 'numeric', hourCycle: 'h23' } as const;
      formats.set(timeZone, new Intl.DateTimeFormat('en', options));
    } catch {
      formats.set(timeZone, undefined);
    }
  }
  return formats.get(timeZone);
}
