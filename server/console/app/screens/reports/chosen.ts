import type { Asked } from '../../parts/report-view/use-report.ts';
import { reportQuery } from '../../parts/report-view/use-report.ts';
import type { ViewControl } from '../../parts/report-view/use-view.ts';
import type { ReportDescription } from './report-list.ts';

export const mostRows = 200;

const parts = (text: string | undefined) => (text ?? '').split(',').filter((part) => part !== '');

/** What the address asks of a report, with what is usual where it says nothing. */
export function askedOf(view: ViewControl, report: ReportDescription): Asked {
  const { by, numbers, sort } = view.choices;
  const known = (columns: ReportDescription['metrics']) => new Set(columns.map(({ name }) => name));
  const dimensions = parts(by ?? firstDimension(report)).filter((name) => known(report.dimensions).has(name));
  const metrics = parts(numbers).filter((name) => known(report.metrics).has(name));
  const shown = metrics.length > 0 ? metrics : report.defaultMetrics;
  const columns = new Set([...dimensions, ...shown]);
  return {
    ...{ report: report.name, view, dimensions, metrics: shown, limit: mostRows },
    sort: sort !== undefined && columns.has(sort.replace(/^-/, '')) ? sort : usualSort(dimensions, shown),
  };
}

const firstDimension = ({ dimensions }: ReportDescription) =>
  dimensions.find(({ name }) => name === 'day')?.name ?? dimensions[0]?.name ?? '';

function usualSort(dimensions: readonly string[], metrics: readonly string[]): string {
  const time = dimensions.find((name) => ['day', 'hour', 'weekday', 'hourOfDay'].includes(name));
  return time ?? `-${metrics[0]}`;
}

/** Ranges that move on with the days, by how many days they have. */
const rolling: Readonly<Record<string, number>> = { today: 1, '7d': 7, '28d': 28, '90d': 90 };

/** How many days a view has that moves on with the days; undefined where it stays, or moves by months. */
export const lastDaysOf = ({ period }: ViewControl): number | undefined =>
  typeof period === 'string' ? rolling[period] : undefined;

/** As saved reports and shares have it. */
export function savedQueryOf(asked: Asked, view: ViewControl) {
  const { from, to, ...query } = reportQuery(asked);
  const lastDays = lastDaysOf(view);
  return { ...query, ...(lastDays === undefined ? { from, to } : { lastDays }) };
}
