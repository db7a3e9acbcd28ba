const dayMs = 86_400_000;

export const presets = ['today', 'yesterday', '7d', '28d', '90d', 'month', 'last-month', 'year'] as const;
export type Preset = (typeof presets)[number];

/** Whole days of the view's time zone, `2026-11-23`; both are in it. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** A range that moves on with the days, or one that stays. */
export type Period = Preset | DayRange;

/** The calendar's day in a time zone. */
export function dayIn(timeZone: string, at: Date): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, calendar: 'gregory', numberingSystem: 'latn' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
  }).formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** How many days a range has. */
export const lengthOf = ({ from, to }: DayRange): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs) + 1;

/** The days that a period is, seen from `today`. */
export function daysOf(period: Period, today: string): DayRange {
  if (typeof period === 'object') return period;
  const firstOfMonth = `${today.slice(0, 8)}01`;
  switch (period) {
    case 'today':
      return { from: today, to: today };
    case 'yesterday':
      return { from: addDays(today, -1), to: addDays(today, -1) };
    case '7d':
      return { from: addDays(today, -6), to: today };
    case '28d':
      return { from: addDays(today, -27), to: today };
    case '90d':
      return { from: addDays(today, -89), to: today };
    case 'month':
      return { from: firstOfMonth, to: today };
    case 'last-month': {
      const last = addDays(firstOfMonth, -1);
      return { from: `${last.slice(0, 8)}01`, to: last };
    }
    case 'year':
      return { from: `${today.slice(0, 5)}01-01`, to: today };
  }
}

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

/** As in an address: a preset's name, or `2026-11-01..2026-11-23`; undefined for anything else. */
export function parsePeriod(text: string): Period | undefined {
  if (presets.includes(text as Preset)) return text as Preset;
  const [from = '', to = ''] = text.split('..');
  if (![from, to].every((day) => dayPattern.test(day) && !Number.isNaN(Date.parse(day)))) return undefined;
  return from <= to ? { from, to } : undefined;
}

export const periodText = (period: Period): string =>
  typeof period === 'object' ? `${period.from}..${period.to}` : period;
