import type { GoalPeriod } from '../inventory/delivery-terms.ts';
import type { DailyCurve } from './daily-curve.ts';
import type { LocalDays } from './local-days.ts';

/** When a line item runs: half-open. */
export interface Flight {
  readonly startMs: number;
  /** Infinite: open. */
  readonly endMs: number;
}

/** The plan is done this long before its end, or this part of its length where that is shorter, to make up for misses. */
const leadMs = 600_000;
const leadPart = 0.02;

/** The stretch in which an amount is to be delivered: the flight, or the part of the day that is in it. */
export function stretchOf(days: LocalDays, flight: Flight, per: GoalPeriod, nowMs: number): Flight {
  if (per === 'flight') return flight;
  const day = days.dayOf(nowMs);
  return { startMs: Math.max(day.startMs, flight.startMs), endMs: Math.min(day.endMs, flight.endMs) };
}

/**
 * The part of an amount that an even line item should have delivered by a time, 0 to 1. It grows with the daily curve,
 * every calendar day of the line item's time zone having the same weight; a day of 23 or 25 hours is the same curve,
 * squeezed or stretched.
 */
export function plannedPart(curve: DailyCurve, days: LocalDays, stretch: Flight, atMs: number): number {
  const { startMs, endMs } = stretch;
  const lead = Math.min(leadMs, (endMs - startMs) * leadPart);
  if (atMs >= endMs - lead) return 1;
  if (atMs <= startMs) return 0;
  const from = traffic(curve, days, startMs);
  const to = traffic(curve, days, endMs - lead);
  return to > from ? (traffic(curve, days, atMs) - from) / (to - from) : 1;
}

/** Traffic since 1970, in days' worth. */
function traffic(curve: DailyCurve, days: LocalDays, atMs: number): number {
  const { number, startMs, endMs } = days.dayOf(atMs);
  return number + curve.fractionBy((atMs - startMs) / (endMs - startMs));
}
