import { isCapped, type SeenAds } from './caps.ts';
import type { IndexedCreative } from './indexed-creative.ts';
import type { NoFillReason } from './no-fill.ts';
import type { Candidate } from './plan.ts';
import { type Rank, rangeOf } from './rank.ts';
import type { Facts } from './targeting/facts.ts';
import { matchesRule, type Rule } from './targeting/rule.ts';

/** How many more ads this worker may hand out, by a line item's slot. */
export interface Allowance {
  /** Infinite where the line item has neither goal nor budget. */
  readonly left: Float64Array;
  /** The planned rate, in ads per second; `left` over this is the need. */
  readonly pace: Float64Array;
  /** Changes whenever something of this changed in another way than that less is left. */
  readonly raised: number;
}

/** What other zones of the same page show. */
export interface PageSoFar {
  hasCreative(id: number): boolean;
  /** Whether another advertiser of the line item's category is on the page. */
  hasCompetitor(candidate: Candidate): boolean;
  /** Whether a roadblock could fill every zone of the page that it fits. */
  canFill(candidate: Candidate): boolean;
}

/** What a decision depends on beside inventory and request. A part that is missing excludes nobody. */
export interface DecisionState {
  readonly allowance?: Allowance | undefined;
  readonly seen?: SeenAds | undefined;
  readonly page?: PageSoFar | undefined;
  /** Ids of creatives that the visitor does not want to see. */
  readonly hidden?: ReadonlySet<number> | undefined;
}

/**
 * Why candidates were passed over, as bits; the reason for a no-fill is the first that occurred, in this order. What the
 * request rules out is none of them.
 */
const reasons = ['pacing', 'capped', 'excluded', 'share'] as const satisfies readonly NoFillReason[];
export const passedOver = { pacing: 1, capped: 2, excluded: 4, share: 8, targeting: 16 } as const;

/**
 * 0 where the line item may be shown, else the bit of the reason.
 * @param ask what is left to ask of the request
 */
export function reasonAgainst(
  candidate: Candidate,
  ask: Rule | undefined,
  facts: Facts,
  state: DecisionState,
): number {
  if (ask !== undefined && !matchesRule(ask, facts)) return passedOver.targeting;
  const { allowance, seen, page } = state;
  if (candidate.limited && allowance !== undefined && !((allowance.left[candidate.slot] as number) >= 1)) {
    return passedOver.pacing;
  }
  if (seen !== undefined && isCapped(candidate.caps, seen, facts.nowMs, 1)) return passedOver.capped;
  if (page?.hasCompetitor(candidate)) return passedOver.excluded;
  let reason = 0;
  for (const creative of candidate.creatives) {
    reason = creativeReason(creative, state, facts.nowMs);
    if (reason === 0) break;
  }
  if (reason !== 0) return reason;
  const blocked = candidate.roadblock && page !== undefined && !page.canFill(candidate);
  return blocked ? passedOver.excluded : 0;
}

/** 0 where the creative of a line item that may be shown may be shown itself, else the bit of the reason. */
export function creativeReason(
  creative: IndexedCreative,
  { seen, page, hidden }: DecisionState,
  nowMs: number,
): number {
  if (seen !== undefined && isCapped(creative.caps, seen, nowMs, 1)) return passedOver.capped;
  if (hidden?.has(creative.id)) return passedOver.excluded;
  return page?.hasCreative(creative.id) ? passedOver.excluded : 0;
}

/** The first of the reasons by its name; undefined where there is none but targeting. */
export function reasonName(bits: number): NoFillReason | undefined {
  return reasons.find((name) => (bits & passedOver[name]) !== 0);
}

/** Those who may be shown, and why others may not. */
export interface Gathered {
  readonly eligible: readonly Candidate[];
  /** The sum of their shares or weights. */
  readonly total: number;
  /** Reasons as bits. */
  readonly passed: number;
}

export function gather(ranks: readonly Rank[], facts: Facts, state: DecisionState): Gathered {
  const eligible: Candidate[] = [];
  let total = 0;
  let passed = 0;
  for (const { candidates, asks } of ranks) {
    for (let at = 0; at < candidates.length; at++) {
      const candidate = candidates[at] as Candidate;
      const reason = reasonAgainst(candidate, asks[at], facts, state);
      passed |= reason;
      if (reason !== 0) continue;
      eligible.push(candidate);
      total += rangeOf(candidate);
    }
  }
  return { eligible, total, passed };
}
