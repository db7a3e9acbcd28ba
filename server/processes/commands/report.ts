import type { Report } from '../../../analytics/index.ts';
import { regionName } from '../../../geo-db/index.ts';
import type { Settings } from '../../settings/index.ts';
import { withOffice } from './office-client.ts';
import { withProgress } from './progress.ts';
import { textTable } from './text-table.ts';

export interface ReportOptions {
  readonly by?: string;
  readonly metrics?: string;
  readonly from?: string;
  readonly to?: string;
  readonly tz: string;
  readonly filter?: string;
  readonly limit?: string;
  readonly format: 'table' | 'csv' | 'json';
}

/** Prints a report. */
export async function report(settings: Settings, name: string, options: ReportOptions): Promise<void> {
  const query = new URLSearchParams({ tz: options.tz, format: options.format === 'csv' ? 'csv' : 'json' });
  const given = { dimensions: options.by, metrics: options.metrics, from: options.from, to: options.to };
  for (const [key, value] of Object.entries({ ...given, filter: options.filter, limit: options.limit })) {
    if (value !== undefined) query.set(key, value);
  }
  const path = `/reports/${encodeURIComponent(name)}?${query}`;
  const text = await withOffice(settings, (office) =>
    withProgress(`Report ${name}`, async () => (await office.fetch(path)).text()),
  );
  if (options.format === 'csv') process.stdout.write(text);
  else if (options.format === 'json') process.stdout.write(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  else process.stdout.write(readable(JSON.parse(text) as Report));
}

const countries = new Intl.DisplayNames('en', { type: 'region' });
const counts = new Intl.NumberFormat('en');
const percents = new Intl.NumberFormat('en', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

function readable(made: Report): string {
  const dimensions = made.columns.filter(({ kind }) => kind === 'dimension');
  const cells = (row: Report['rows'][number], total: boolean) =>
    made.columns.map(({ name, kind, type }) => {
      const value = row[name] ?? null;
      if (kind === 'dimension')
        return total ? (name === dimensions[0]?.name ? 'Total' : '') : dimensionText(name, value);
      if (value === null) return '–';
      if (type === 'text') return String(value);
      return type === 'ratio' ? percents.format(Number(value)) : counts.format(Number(value));
    });
  const rows = made.rows.map((row) => cells(row, false));
  if (dimensions.length > 0) rows.push(cells(made.totals, true));
  const title = `${made.name[0]?.toUpperCase()}${made.name.slice(1)}, ${rangeText(made)} (${made.timeZone})`;
  const notes = [
    `Final until ${localTime(made.finalUntil, made.timeZone)}.`,
    ...(made.truncated ? ['There are more rows than the limit.'] : []),
  ];
  const right = made.columns.map(({ kind, type }) => kind === 'metric' && type !== 'text');
  return `${title}\n\n${textTable(
    made.columns.map(({ name }) => name),
    rows,
    right,
  )}\n${notes.join(' ')}\n`;
}

/** Whole days by their first and last, any other range by its ends. */
function rangeText({ from, to, timeZone }: Report): string {
  const [start, end] = [localTime(from, timeZone), localTime(to, timeZone)];
  if (!start.endsWith(' 00:00') || !end.endsWith(' 00:00')) return `${start} until ${end}`;
  const lastDay = localTime(new Date(Date.parse(to) - 1).toISOString(), timeZone);
  return start.slice(0, 10) === lastDay.slice(0, 10)
    ? start.slice(0, 10)
    : `${start.slice(0, 10)} to ${lastDay.slice(0, 10)}`;
}

/** Like `2026-11-23 14:00`: Sweden writes dates as ISO 8601 does. */
function localTime(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(
    Date.parse(instant),
  );
}

function dimensionText(name: string, value: string | number | null): string {
  if (value === null || value === '') return '(unknown)';
  if (name === 'country') return `${value} ${countries.of(String(value)) ?? ''}`.trim();
  if (name === 'region') return `${value} ${regionName(String(value)) ?? ''}`.trim();
  return String(value);
}
