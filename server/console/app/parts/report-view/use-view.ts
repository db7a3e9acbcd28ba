import { useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { type Filter, filterText, parseFilters } from './filters.ts';
import { type DayRange, dayIn, daysOf, type Period, parsePeriod, periodText } from './period.ts';

/** What one looks at: all of it is in the address, so that the address shows it again. */
export interface View {
  readonly period: Period;
  readonly timeZone: string;
  readonly compare: boolean;
  readonly filters: readonly Filter[];
  /** Choices of the screen itself, like the metric of the chart. */
  readonly choices: Readonly<Record<string, string>>;
  readonly days: DayRange;
}

export interface ViewControl extends View {
  /** Shows something else; the browser's way back leads to what was shown. */
  change(
    changes: Partial<Pick<View, 'period' | 'timeZone' | 'compare' | 'filters'>> & {
      choices?: View['choices'];
    },
  ): void;
  /** The address of just this view, whenever it is opened: with dates and a time zone of its own. */
  readonly link: string;
}

const ownTimeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
const own = new Set(['period', 'tz', 'compare', 'filter']);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** A view from an address's query; what does not fit is as if it was not there. */
export function viewOf(query: URLSearchParams, now: Date): View {
  const period = parsePeriod(query.get('period') ?? '') ?? '28d';
  const zone = query.get('tz') ?? '';
  const timeZone = isTimeZone(zone) ? zone : ownTimeZone();
  return {
    period,
    timeZone,
    compare: query.get('compare') !== '0',
    filters: parseFilters(query.get('filter') ?? ''),
    choices: Object.fromEntries([...query].filter(([name]) => !own.has(name))),
    days: daysOf(period, dayIn(timeZone, now)),
  };
}

/** Only what differs from the usual, so that addresses stay short. */
export function queryOf({
  period,
  timeZone,
  compare,
  filters,
  choices,
}: Omit<View, 'days'>): URLSearchParams {
  const query = new URLSearchParams();
  if (period !== '28d') query.set('period', periodText(period));
  if (timeZone !== ownTimeZone()) query.set('tz', timeZone);
  if (!compare) query.set('compare', '0');
  if (filters.length > 0) query.set('filter', filterText(filters));
  for (const [name, value] of Object.entries(choices)) query.set(name, value);
  return query;
}

export function useView(): ViewControl {
  const [query, setQuery] = useSearchParams();
  return useMemo(() => {
    const view = viewOf(query, new Date());
    const fixed = queryOf({ ...view, period: view.days });
    fixed.set('tz', view.timeZone);
    return {
      ...view,
      change: (changes) => {
        const choices = { ...view.choices, ...changes.choices };
        setQuery(queryOf({ ...view, ...changes, choices }));
      },
      link: `${window.location.origin}${window.location.pathname}?${fixed}`,
    };
  }, [query, setQuery]);
}
