import type { Format } from '../../i18n/format.ts';

/** The metrics of visitors that the console shows. */
export const metrics = [
  'visitors',
  'visits',
  'pageViews',
  'pagesPerVisit',
  'bounceRate',
  'visitDurationMs',
] as const;
export type Metric = (typeof metrics)[number];

export const metricOf = (name: string | undefined): Metric =>
  metrics.find((metric) => metric === name) ?? 'visitors';

/** Fewer of them are better. */
export const lessIsBetter: ReadonlySet<Metric> = new Set(['bounceRate']);

export function metricText(metric: Metric, value: number, format: Format, short = false): string {
  switch (metric) {
    case 'bounceRate':
      return format.percent(value);
    case 'visitDurationMs':
      return format.duration(value);
    default:
      return short ? format.compact(value) : format.number(value);
  }
}
