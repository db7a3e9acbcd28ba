import type { Format } from '../../i18n/format.ts';
import type { TimePoint } from '../charts/time-chart.tsx';
import { addDays, lengthOf } from './period.ts';
import { numberIn, type Report, type Row } from './use-report.ts';
import type { View } from './use-view.ts';

/** Every day of the range: one on which nothing happened is in no row. */
export function byDay(data: Report, metric: string, view: View, format: Format): TimePoint[] {
  const rows = new Map(data.rows.map((row) => [String(row['day']), row]));
  const count = lengthOf(view.days);
  const short = new Intl.DateTimeFormat(format.locale, { month: 'short', day: 'numeric', timeZone: 'UTC' });
  const long = new Intl.DateTimeFormat(format.locale, {
    ...{ weekday: 'short', month: 'short', day: 'numeric', timeZone: 'UTC' },
  });
  return Array.from({ length: count }, (_, index) => {
    const day = addDays(view.days.from, index);
    return {
      label: short.format(new Date(day)),
      title: long.format(new Date(day)),
      ...numbersAt(rows.get(day), metric, view.compare),
      previousTitle: long.format(new Date(addDays(day, -count))),
    };
  });
}

/** What a point shows of a row, and of the period before. */
export const numbersAt = (row: Row | undefined, metric: string, compare: boolean) => ({
  value: numberIn(row, metric),
  previous: compare ? numberIn(row, `${metric}Previous`) : null,
});
