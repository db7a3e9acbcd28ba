import type { Parameters } from '../clickhouse/sql-text.ts';

/**
 * A time zone's name in its usual spelling, or undefined where there is none of that name. Case does not matter;
 * offsets like `+05:30` are not names.
 */
export function knownTimeZone(name: string): string | undefined {
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

const dayMs = 86_400_000;

/**
 * The parameters that `timeExpressions` needs: the zone's offsets from UTC in a range, and since when each holds. They
 * come from `Intl`, not from ClickHouse's own time zones: those do not know America/Coyhaique (26.7), give Apia's
 * offset as -11:00 in place of +13:00, and are of another year on every server.
 */
export function zoneParameters(timeZone: string, fromMs: number, toMs: number): Parameters {
  const { startsMs, offsetsMs } = zoneOffsets(timeZone, fromMs, toMs);
  const offsets = offsetsMs.map((offset) => offset / 1000);
  return {
    zoneStarts: startsMs.map((start) => start / 1000),
    zoneOffsets: offsets,
    zoneNames: offsets.map(offsetName),
  };
}

/** A zone's offsets from UTC in a range, and since when each holds; the first since ever. */
export function zoneOffsets(
  timeZone: string,
  fromMs: number,
  toMs: number,
): { readonly startsMs: readonly number[]; readonly offsetsMs: readonly number[] } {
  const offsetAt = offsetReader(timeZone);
  // A quarter of an hour that the range begins in begins before it.
  let at = Math.max(0, Math.floor(fromMs / dayMs) * dayMs - dayMs);
  let offset = offsetAt(at);
  const startsMs = [0];
  const offsetsMs = [offset * 1000];
  for (; at < toMs; at += dayMs) {
    const next = offsetAt(at + dayMs);
    if (next === offset) continue;
    startsMs.push(changeBetween(offsetAt, at, at + dayMs));
    offsetsMs.push(next * 1000);
    offset = next;
  }
  return { startsMs, offsetsMs };
}

/** Reads a zone's offset at a time, in seconds. */
export function offsetReader(timeZone: string): (timeMs: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  return (timeMs) => {
    const name = format.formatToParts(timeMs).find((part) => part.type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes, seconds] = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? [];
    const size = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
    return sign === '-' ? -size : size;
  };
}

/** The whole second at which the offset becomes that of `endMs`. */
function changeBetween(offsetAt: (timeMs: number) => number, startMs: number, endMs: number): number {
  const after = offsetAt(endMs);
  let [low, high] = [startMs / 1000, endMs / 1000];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * 1000) === after) high = middle;
    else low = middle;
  }
  return high * 1000;
}

/** Like `+05:45`. */
export function offsetName(seconds: number): string {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/**
 * SQL for the day and hour of an instant (DateTime or DateTime64) in the zone of `zoneParameters`. Hours carry their
 * offset, so that the hour that happens twice when clocks go back makes two rows; `hourOrder` puts them in order.
 * `hourOfDay` is 0 to 23, `weekday` 1 (Monday) to 7.
 */
export function timeExpressions(
  instant: string,
): Readonly<Record<'day' | 'hour' | 'hourOrder' | 'hourOfDay' | 'weekday', string>> {
  const seconds = `toInt64(toUnixTimestamp(${instant}))`;
  const which = `arrayLastIndex(start -> start <= ${seconds}, {zoneStarts:Array(Int64)})`;
  const local = `${seconds} + {zoneOffsets:Array(Int64)}[${which}]`;
  const text = (format: string) => `formatDateTime(toDateTime(${local}, 'UTC'), '${format}', 'UTC')`;
  return {
    day: text('%Y-%m-%d'),
    hour: `concat(${text('%Y-%m-%dT%H:00')}, {zoneNames:Array(String)}[${which}])`,
    hourOrder: `${seconds} - positiveModulo(${local}, 3600)`,
    hourOfDay: `toUInt8(intDiv(positiveModulo(${local}, 86400), 3600))`,
    weekday: `toDayOfWeek(toDateTime(${local}, 'UTC'), 0, 'UTC')`,
  };
}
