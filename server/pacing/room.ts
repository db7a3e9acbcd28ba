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

/**
 * What keeps a limit from leaving more ads: that it is (nearly) reached; ads that may still bring an event that counts;
 * the plan; or the rate at which what is behind plan is made up.
 */
export type Bound = 'amount' | 'pending' | 'plan' | 'rate';

/** One amount to be reached and not passed, in events of one metric. */
interface Limit {
  readonly metric: GoalMetric;
  readonly per: GoalPeriod;
  /** All of it. */
  readonly amount: number;
  readonly delivered: number;
  readonly money: boolean;
}

/** What one limit leaves. */
export interface LimitRoom {
  readonly limit: Limit;
  /** May be negative, and a fraction. */
  readonly ads: number;
  readonly pace: number;
  readonly bound: Bound;
  /** Events expected of ads that were handed out already. */
  readonly arriving: number;
  /** The part of the amount that the plan has now, and at the end of what leases are for; undefined: there is no plan. */
  readonly plan: { readonly now: number; readonly soon: number } | undefined;
}

/** How many ads may be leased now: the least of what goal, budget and plan leave. */
export function roomFor(
  terms: PacedTerms,
  ledger: LineItemLedger,
  curve: DailyCurve,
  days: LocalDays,
  nowMs: number,
): Room {
  return leastOf(limitRooms(terms, ledger, curve, days, nowMs));
}

/** What all limits together leave. */
export function leastOf(rooms: readonly LimitRoom[]): Room {
  let ads = Number.POSITIVE_INFINITY;
  let pace = Number.POSITIVE_INFINITY;
  for (const room of rooms) {
    ads = Math.min(ads, room.ads);
    pace = Math.min(pace, room.pace);
  }
  return { ads: Math.max(0, Math.floor(ads)), pace: Math.max(slowestPace, pace) };
}

/** What each limit leaves: the goal's first, then the budget's. */
export function limitRooms(
  terms: PacedTerms,
  ledger: LineItemLedger,
  curve: DailyCurve,
  days: LocalDays,
  nowMs: number,
): LimitRoom[] {
  return limitsOf(terms, ledger).map((limit) => roomOf(limit, terms, ledger, curve, days, nowMs));
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
  limit: Limit,
  { flight, even }: PacedTerms,
  ledger: LineItemLedger,
  curve: DailyCurve,
  days: LocalDays,
  nowMs: number,
): LimitRoom {
  const { metric, per, amount, delivered, money } = limit;
  const { history } = ledger.state;
  const rate = expectedRate(metric, history.ads, history[metric]);
  const outstanding = ledger.outstanding();
  const minutes = expectedMinutes[metric];
  const recentAds = ledger.recent('ads', minutes, nowMs);
  const unaccounted = ledger.unaccounted(minutes, countedMinutes, nowMs);
  const arriving = Math.max(0, rate * recentAds - ledger.recent(metric, minutes, nowMs)) + rate * unaccounted;
  const expected = delivered + arriving + rate * outstanding;
  const left = amount - delivered;
  let ads = (amount - expected) / rate;
  let bound: Bound = 'amount';
  const atMost = (most: number, by: Bound): void => {
    if (most >= ads) return;
    ads = most;
    bound = by;
  };
  if (!money && metric === 'impressions') {
    // Nearly there, an ad is taken for an impression until it has failed to be one for two minutes.
    const pending = Math.max(0, recentAds - ledger.recent(metric, minutes, nowMs));
    atMost(left - pending - unaccounted - outstanding, 'pending');
  }
  if (money) atMost(affordableAds(metric, left, ledger, outstanding, nowMs), 'pending');
  const stretch = stretchOf(days, flight, per, nowMs);
  if (!even || stretch.endMs === Number.POSITIVE_INFINITY) {
    const seconds = Math.min(dayS, Math.max(1, (stretch.endMs - nowMs) / 1000));
    return { limit, ads, pace: left / rate / seconds, bound, arriving, plan: undefined };
  }
  const planned = (atMs: number) => plannedPart(curve, days, stretch, atMs);
  const part = planned(nowMs);
  const inSlice = planned(nowMs + sliceMs) - part;
  // What is left over what is left of the plan: behind plan this is more than the plan itself asks for.
  const fastest = catchUp * Math.max(amount * inSlice, part < 1 ? (left * inSlice) / (1 - part) : left);
  const soon = Math.min(1, part + inSlice);
  const held = arriving + rate * outstanding;
  atMost((amount * soon - expected) / rate, 'plan');
  atMost(Math.max(0, fastest - rate * outstanding) / rate, 'rate');
  const ofPlan = ((amount * inSlice) / rate / sliceMs) * 1000;
  const pace = ofPlan > 0 ? ofPlan : Math.max(left, held) / rate / (sliceMs / 1000);
  return { limit, ads, pace, bound, arriving, plan: { now: part, soon } };
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
  const minutes = expectedMinutes[metric];
  const underWay = ledger.recent('ads', minutes, nowMs) + ledger.unaccounted(minutes, countedMinutes, nowMs);
  return boldestExpectation(left) / rate - underWay - outstanding;
}
