const wall = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const made =
    wall.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
    });
  wall.set(timeZone, made);
  return made;
}

/** An instant as clocks in a time zone show it: `2026-12-01T09:30`, as fields for date and time have it. */
export const localTime = (instant: string | number, timeZone: string): string =>
  formatOf(timeZone).format(new Date(instant)).replace(' ', 'T');

/**
 * The instant at which clocks in a time zone show `2026-12-01T09:30`: of two the earlier, and of none that by which the
 * clocks have been put forward.
 */
export function instantOf(local: string, timeZone: string): string {
  const asIfUtc = Date.parse(`${local}Z`);
  const offsetAt = (ms: number) =>
    Date.parse(`${localTime(ms, timeZone)}Z`) - Math.floor(ms / 60_000) * 60_000;
  const around = [asIfUtc - 86_400_000, asIfUtc + 86_400_000].map((ms) => asIfUtc - offsetAt(ms));
  const fits = around.filter((ms) => localTime(ms, timeZone) === local.slice(0, 16));
  return new Date(fits.length > 0 ? Math.min(...fits) : Math.max(...around)).toISOString();
}

/** Names of all time zones, the browser's own first. */
export function timeZones(): string[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [...new Set([own, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
}
