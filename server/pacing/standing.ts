import type { Budget, GoalMetric, GoalPeriod } from '../inventory/delivery-terms.ts';
import type { DailyCurve } from './daily-curve.ts';
import { held, type LineItemLedger } from './ledger.ts';
import type { LocalDays } from './local-days.ts';
import { type Bound, type LimitRoom, leastOf, limitRooms, type PacedTerms } from './room.ts';

/** Against the plan, what is expected of ads just handed out included; `unplanned`: as soon as possible. */
export type PlanState = 'reached' | 'ahead' | 'on_plan' | 'behind' | 'unplanned';

/** Where a goal, in events, or a budget, in micros, stands. */
export interface AmountStanding {
  readonly per: GoalPeriod;
  readonly amount: number;
  readonly delivered: number;
  /** By now; null where there is no plan. */
  readonly planned: number | null;
  readonly state: PlanState;
}

export interface Standing {
  readonly goal: (AmountStanding & { readonly metric: GoalMetric }) | null;
  readonly budget: AmountStanding | null;
  /** Workers that hold a lease. */
  readonly workers: number;
  /** Ads that workers hold leases for and have not handed out, all together. */
  readonly leased: number;
  /** Ads that may be leased beside these, now. */
  readonly leasable: number;
  /** The planned rate of all workers together. */
  readonly adsPerSecond: number;
  /** What keeps more ads from being leased, where there are none. */
  readonly hold: { readonly by: 'goal' | 'budget'; readonly bound: Bound } | undefined;
}

/** Reads the books of a line item as they are at a time, and changes nothing. */
export function standingOf(
  terms: PacedTerms,
  ledger: LineItemLedger,
  curve: DailyCurve,
  days: LocalDays,
  nowMs: number,
): Standing {
  const rooms = limitRooms(terms, ledger, curve, days, nowMs);
  const { ads, pace } = leastOf(rooms);
  const [tightest] = rooms.toSorted((one, other) => one.ads - other.ads);
  const holding = Object.values(ledger.state.workers).filter(({ untilMs }) => nowMs < untilMs);
  const goal = rooms.find(({ limit }) => !limit.money);
  const budget = rooms.find(({ limit }) => limit.money);
  return {
    goal: goal === undefined ? null : { metric: goal.limit.metric, ...amountOf(goal) },
    budget: budget === undefined || terms.budget === undefined ? null : moneyOf(budget, terms.budget, ledger),
    workers: holding.length,
    leased: holding.reduce((sum, account) => sum + held(account), 0),
    leasable: ads,
    adsPerSecond: pace,
    hold:
      ads >= 1 || tightest === undefined
        ? undefined
        : { by: tightest.limit.money ? 'budget' : 'goal', bound: tightest.bound },
  };
}

function amountOf(room: LimitRoom): AmountStanding {
  const { limit, plan } = room;
  const { per, amount, delivered } = limit;
  const planned = plan === undefined ? null : Math.floor(amount * plan.now);
  return { per, amount, delivered, planned, state: planState(room) };
}

function moneyOf(room: LimitRoom, { per, micros }: Budget, { state }: LineItemLedger): AmountStanding {
  const delivered = per === 'flight' ? state.spentMicros : state.spentTodayMicros;
  const planned = room.plan === undefined ? null : Math.floor(micros * room.plan.now);
  return { per, amount: micros, delivered, planned, state: planState(room) };
}

function planState({ limit: { amount, delivered }, arriving, plan }: LimitRoom): PlanState {
  if (delivered >= amount) return 'reached';
  if (plan === undefined) return 'unplanned';
  if (delivered + arriving > amount * plan.soon) return 'ahead';
  return delivered + arriving < Math.floor(amount * plan.now) ? 'behind' : 'on_plan';
}
