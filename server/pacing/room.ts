import {
  affordableEvents,
  type Budget,
  type Goal,
  type GoalMetric,
  type GoalPeriod,
  type Price,
  pricedMetric,
} from '../inventory/delivery-terms.ts';
import type { DailyCurve } from './daily-curve.ts';
import type { LineItemLedger } from './ledger.ts';
import type { LocalDays } from './local-days.ts';
import { boldestExpectation, cautiousRate, expectedRate } from './rates.ts';
import { type Flight, plannedPart, stretchOf } from './schedule.ts';

/** A line item's terms, as far as pacing goes. */
export interface PacedTerms {
  readonly flight: Flight;
  readonly goal: Goal | undefined;
  readonly budget: Budget | undefined;
  readonly price: Price | undefined;
  readonly even: boolean;
}

/** How many further ads may be leased. */
export interface Room {
  /** 0 or more. */
  readonly ads: number;
  /** The planned rate, in ads per second, above 0. */
  readonly pace: number;
}

/** Leases are for so long ahead. */
export const sliceMs = 10_000;
/** What is behind plan is made up at up to so many times the rate. */
const catchUp = 2;
/** Events of an ad are expected for so many minutes after it was handed out. */
const expectedMinutes: Readonly<Record<GoalMetric, number>> = { impressions: 2, viewable: 5, clicks: 15 };
/** An impression is counted up to two hours after its decision: as long a budget holds the money for it. */
const countedMinutes = 121;
const promptMinutes = 2;
const slowestPace = 1e-6;
/** The rate that is taken for what is to come as soon as possible and has no end. */
const dayS = 86_400;

/** One amount to be reached and not passed, in events of one metric. */
interface Limit {
  readonly metric: GoalMetric;
  readonly per: GoalPeriod;
  /** All of it. */
  readonly amount: number;
  readonly delivered: number;
  readonly money: boolean;
}

/** How many ads may be leased now: the least of what goal, budget and plan leave. */
export function roomFor(
  terms: PacedTerms,
  ledger: LineItemLedger,
  curve: DailyCurve,
  days: LocalDays,
  nowMs: number,
): Room {
  let ads = Number.POSITIVE_INFINITY;
  let pace = Number.POSITIVE_INFINITY;
  for (const limit of limitsOf(terms, ledger)) {
    const room = roomOf(limit, terms, ledger, curve, days, nowMs);
    ads = Math.min(ads, room.ads);
    pace = Math.min(pace, room.pace);
  }
  return { ads: Math.max(0, Math.floor(ads)), pace: Math.max(slowestPace, pace) };
}

function limitsOf({ goal, budget, price }: PacedTerms, { state }: LineItemLedger): Limit[] {
  const limits: Limit[] = [];
  if (goal !== undefined) {
    const { metric, per, amount } = goal;
    const counts = per === 'flight' ? state.total : state.today;
    limits.push({ metric, per, amount, delivered: counts[metric], money: false });
  }
  const metric = price === undefined ? undefined : pricedMetric(price.model);
  if (budget !== undefined && price !== undefined && metric !== undefined) {
    const spent = budget.per === 'flight' ? state.spentMicros : state.spentTodayMicros;
    const affordable = affordableEvents(price, budget.micros - spent);
    const delivered = (budget.per === 'flight' ? state.total : state.today)[metric];
    limits.push({ metric, per: budget.per, amount: delivered + affordable, delivered, money: true });
  }
  return limits;
}

function roomOf(
  { metric, per, amount, delivered, money }: Limit,
  { flight, even }: PacedTerms,
  ledger: LineItemLedger,
  curve: DailyCurve,
  days: LocalDays,
  nowMs: number,
): Room {
  const { history } = ledger.state;
  const rate = expectedRate(metric, history.ads, history[metric]);
  const outstanding = ledger.outstanding();
  const minutes = expectedMinutes[metric];
  const recentAds = ledger.recent('ads', minutes, nowMs);
  const arriving = Math.max(0, rate * recentAds - ledger.recent(metric, minutes, nowMs));
  const expected = delivered + arriving + rate * outstanding;
  const left = amount - delivered;
  let ads = (amount - expected) / rate;
  if (!money && metric === 'impressions') {
    // Nearly there, an ad is taken for an impression until it has failed to be one for two minutes.
    ads = Math.min(ads, left - Math.max(0, recentAds - ledger.recent(metric, minutes, nowMs)) - outstanding);
  }
  if (money) ads = Math.min(ads, affordableAds(metric, left, ledger, outstanding, nowMs));
  const stretch = stretchOf(days, flight, per, nowMs);
  if (!even || stretch.endMs === Number.POSITIVE_INFINITY) {
    const seconds = Math.min(dayS, Math.max(1, (stretch.endMs - nowMs) / 1000));
    return { ads, pace: left / rate / seconds };
  }
  const planned = (atMs: number) => plannedPart(curve, days, stretch, atMs);
  const part = planned(nowMs);
  const inSlice = planned(nowMs + sliceMs) - part;
  // What is left over what is left of the plan: behind plan this is more than the plan itself asks for.
  const fastest = catchUp * Math.max(amount * inSlice, part < 1 ? (left * inSlice) / (1 - part) : left);
  const behind = amount * Math.min(1, part + inSlice) - expected;
  const held = arriving + rate * outstanding;
  ads = Math.min(ads, behind / rate, Math.max(0, fastest - rate * outstanding) / rate);
  const pace = ((amount * inSlice) / rate / sliceMs) * 1000;
  return { ads, pace: pace > 0 ? pace : Math.max(left, held) / rate / (sliceMs / 1000) };
}

/** How many more ads a budget can stand, whatever becomes of those that are under way. */
function affordableAds(
  metric: GoalMetric,
  left: number,
  ledger: LineItemLedger,
  outstanding: number,
  nowMs: number,
): number {
  if (metric === 'impressions') {
    // Prompt impressions of all but the first minutes of this time belong to ads of this time. The others are held
    // twice, as spent and as still to come, until their ads are too old to count.
    const ads = ledger.recent('ads', countedMinutes, nowMs);
    const arrived = ledger.recent('prompt', countedMinutes - promptMinutes - 1, nowMs);
    return left - Math.max(0, ads - arrived) - outstanding;
  }
  const { history } = ledger.state;
  const rate = cautiousRate(metric, history.ads, history[metric]);
  return boldestExpectation(left) / rate - ledger.recent('ads', expectedMinutes[metric], nowMs) - outstanding;
}
