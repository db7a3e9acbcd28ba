import { dayText, localDay } from '../../analytics/index.ts';

/** Like `visitors-2026-11-01_2026-11-30.csv`: the report's first and last day in its time zone; one where they are the same. */
export function reportFileName(
  name: string,
  { from, to, timeZone }: { from: Date; to: Date; timeZone: string },
  extension: string,
): string {
  const first = dayText(localDay(from.getTime(), timeZone));
  const last = dayText(localDay(to.getTime() - 1, timeZone));
  return `${name}-${first === last ? first : `${first}_${last}`}.${extension}`;
}
