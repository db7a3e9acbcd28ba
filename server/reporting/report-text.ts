import type { Cell, Report, ReportColumn } from '../../analytics/index.ts';
import { regionName } from '../../geo-db/index.ts';

const countries = new Intl.DisplayNames('en', { type: 'region' });
const counts = new Intl.NumberFormat('en');
const amounts = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const percent = { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 } as const;
const percents = new Intl.NumberFormat('en', percent);
const changes = new Intl.NumberFormat('en', { ...percent, signDisplay: 'exceptZero' });

/** A value for people: shares and changes in percent, money in the currency's unit, times in seconds. */
export function cellText({ name, kind, type }: ReportColumn, value: Cell): string {
  if (kind === 'dimension') return dimensionText(name, value);
  if (value === null) return '–';
  if (kind === 'change') return changes.format(Number(value));
  switch (type) {
    case 'text':
      return String(value);
    case 'ratio':
      return percents.format(Number(value));
    case 'micros':
      return amounts.format(Number(value) / 1e6);
    case 'ms':
      return `${amounts.format(Number(value) / 1000)} s`;
    case 'decimal':
      return amounts.format(Number(value));
    default:
      return counts.format(Number(value));
  }
}

function dimensionText(name: string, value: Cell): string {
  if (value === null || value === '') return '(unknown)';
  if (name === 'country') return `${value} ${countryName(String(value))}`.trim();
  if (name === 'region') return `${value} ${regionName(String(value)) ?? ''}`.trim();
  return String(value);
}

function countryName(code: string): string {
  const name = /^[A-Z]{2}$/.test(code) ? countries.of(code) : undefined;
  return name === code ? '' : (name ?? '');
}

/** The rows as texts, in the order of the columns, and after them the totals where there is a dimension. */
export function reportTexts({ columns, rows, totals }: Report): string[][] {
  const dimensions = columns.filter(({ kind }) => kind === 'dimension');
  const texts = rows.map((row) => columns.map((column) => cellText(column, row[column.name] ?? null)));
  if (dimensions.length === 0) return texts;
  const total = columns.map((column) => {
    if (column.kind !== 'dimension') return cellText(column, totals[column.name] ?? null);
    return column.name === dimensions[0]?.name ? 'Total' : '';
  });
  return [...texts, total];
}

/** Whole days by their first and last, any other range by its ends. */
export function rangeText({ from, to, timeZone }: Pick<Report, 'from' | 'to' | 'timeZone'>): string {
  const [start, end] = [localTime(from, timeZone), localTime(to, timeZone)];
  if (!start.endsWith(' 00:00') || !end.endsWith(' 00:00')) return `${start} until ${end}`;
  const lastDay = localTime(new Date(Date.parse(to) - 1).toISOString(), timeZone);
  return start.slice(0, 10) === lastDay.slice(0, 10)
    ? start.slice(0, 10)
    : `${start.slice(0, 10)} to ${lastDay.slice(0, 10)}`;
}

/** Like `2026-11-23 14:00`: Sweden writes dates as ISO 8601 does. */
export function localTime(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(
    Date.parse(instant),
  );
}
