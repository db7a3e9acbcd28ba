/**
 * The name under which both `Intl` and ClickHouse know a time zone, or undefined. Case does not matter; offsets like
 * `+05:30` are not names.
 */
export function knownTimeZone(name: string): string | undefined {
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/**
 * SQL for the day and hour of an instant in the report's time zone (parameter `timeZone`). Hours carry their offset,
 * so that the hour that happens twice when clocks go back makes two rows.
 */
export function timeExpressions(instant: string): { day: string; hour: string; hourOrder: string } {
  const zone = '{timeZone:String}';
  const offset = `formatDateTime(${instant}, '%z', ${zone})`;
  return {
    day: `formatDateTime(${instant}, '%Y-%m-%d', ${zone})`,
    hour:
      `concat(formatDateTime(${instant}, '%Y-%m-%dT%H:00', ${zone}), ` +
      `substring(${offset}, 1, 3), ':', substring(${offset}, 4, 2))`,
    hourOrder: `toUnixTimestamp(toStartOfMinute(${instant})) - 60 * toMinute(toTimeZone(${instant}, ${zone}))`,
  };
}
