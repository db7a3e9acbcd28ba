import { expectedRates, type Goal } from '../inventory/index.ts';
import type { DayForecast } from './draft-forecast.ts';

const dayMs = 86_400_000;

/** Whether a goal can be reached. */
export interface Fit {
  /** Events of the goal that are to be expected, over its flight or for each of its days. */
  readonly expected: number;
  /** Of these, the lower end of the interval. */
  readonly low: number;
  readonly needed: number;
  /** `tight`: only if things go as expected. */
  readonly answer: 'yes' | 'tight' | 'no';
}

/**
 * Whether what is free is enough for a goal. Beyond the days of the forecast every day is taken to be like their mean.
 * Viewable impressions and clicks are expected at the rates that are assumed of every new line item.
 */
export function fitOf(
  days: readonly DayForecast[],
  goal: Goal,
  flight: { readonly startMs: number; readonly endMs: number },
  dayOf: (ms: number) => string,
): Fit | null {
  if (days.length === 0) return null;
  const [first, last] = [dayOf(flight.startMs), dayOf(flight.endMs - 1)];
  const within = days.filter(({ day }) => first <= day && day <= last);
  const base = within.length > 0 ? within : days;
  const sum = (name: 'free' | 'impressions' | 'impressionsLow') =>
    base.reduce((total, day) => total + day[name], 0);
  const perImpression = goal.metric === 'impressions' ? 1 : expectedRates[goal.metric];
  const flightDays = goal.per === 'day' ? 1 : Math.max(0, (flight.endMs - flight.startMs) / dayMs);
  const expected = Math.floor((sum('free') / base.length) * flightDays * perImpression);
  const impressions = sum('impressions');
  const low = impressions === 0 ? 0 : Math.floor((expected * sum('impressionsLow')) / impressions);
  const answer = goal.amount <= low ? 'yes' : goal.amount <= expected ? 'tight' : 'no';
  return { expected, low, needed: goal.amount, answer };
}
