import { isCapped, type SeenAds } from './caps.ts';
import type { IndexedCreative, InventoryIndex, ZoneIndex } from './inventory-index.ts';
import type { NoFillReason } from './no-fill.ts';
import { type Candidate, type Plan, type Rank, rangeOf } from './plan.ts';

/** What the decision knows of the visitor. */
export interface AdRequest {
  readonly country: string | undefined;
  readonly region: string | undefined;
}

/** How many more ads this worker may hand out, by a line item's slot. */
export interface Allowance {
  /** Infinite where the line item has neither goal nor budget. */
  readonly left: Float64Array;
  /** The planned rate, in ads per second; `left` over this is the need. */
  readonly pace: Float64Array;
}

/** What other zones of the same page show. */
export interface PageSoFar {
  hasCreative(id: number): boolean;
  /** Whether another advertiser of the line item's category is on the page. */
  hasCompetitor(candidate: Candidate): boolean;
  /** Whether a roadblock could fill every zone of the page that it fits. */
  canFill(candidate: Candidate): boolean;
}

/** What a decision depends on beside the inventory. A part that is missing excludes nobody. */
export interface DecisionState {
  readonly allowance?: Allowance | undefined;
  readonly seen?: SeenAds | undefined;
  readonly page?: PageSoFar | undefined;
}

export type Decision =
  | { readonly noFill: undefined; readonly candidate: Candidate; readonly creative: IndexedCreative }
  | { readonly noFill: NoFillReason };

const stateless: DecisionState = {};

/** Why candidates were passed over, as bits; the reason for a no-fill is the first that occurred, in this order. */
const reasons = ['pacing', 'capped', 'excluded', 'share'] as const satisfies readonly NoFillReason[];
const passedOver = { pacing: 1, capped: 2, excluded: 4, share: 8 } as const;

export function planFor(inventory: InventoryIndex, zone: ZoneIndex, request: AdRequest, nowMs: number): Plan {
  return inventory.plan(zone, request.country, request.region, nowMs);
}

/**
 * Picks the ad: goes through the ranks of the plan until one has a line item that may be shown; of that one, any of
 * the creatives that fit and may be shown, each as likely as the others. Pure but for `random`; nothing is counted
 * here.
 * @param random uniform in [0, 1)
 */
export function decide(
  inventory: InventoryIndex,
  zone: ZoneIndex,
  request: AdRequest,
  nowMs: number,
  random: () => number,
  state: DecisionState = stateless,
): Decision {
  const plan = planFor(inventory, zone, request, nowMs);
  if (plan.noFill !== undefined) return { noFill: plan.noFill };
  let passed = 0;
  for (const rank of plan.ranks) {
    if (rank.free && state.page === undefined) {
      const at = drawFree(rank, random);
      if (at >= 0) return decided(rank.candidates[at] as Candidate, state, nowMs, random);
      passed |= passedOver.share;
      continue;
    }
    const found =
      rank.order === 'need' ? neediest(rank, state, nowMs, random) : drawEligible(rank, state, nowMs, random);
    if (typeof found !== 'number') return decided(found, state, nowMs, random);
    passed |= found;
  }
  return { noFill: reasons.find((reason) => (passed & passedOver[reason]) !== 0) ?? 'pacing' };
}

function decided(candidate: Candidate, state: DecisionState, nowMs: number, random: () => number): Decision {
  const { creatives } = candidate;
  const usable =
    creatives.length === 1
      ? creatives
      : creatives.filter((creative) => creativeReason(creative, state, nowMs) === 0);
  const at = usable.length === 1 ? 0 : Math.floor(random() * usable.length);
  return { noFill: undefined, candidate, creative: usable[at] as IndexedCreative };
}

/** The place of the candidate drawn; -1 where the draw fell to no sponsorship. */
function drawFree({ order, ends }: Rank, random: () => number): number {
  const last = ends.length - 1;
  const total = ends[last] as number;
  if (order !== 'share') return last === 0 ? 0 : firstAbove(ends, random() * total);
  const point = random() * Math.max(100, total);
  return point < total ? firstAbove(ends, point) : -1;
}

/** Index of the first end above `point`. */
function firstAbove(ends: Float64Array, point: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] as number) > point) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** So often the draw is over everybody, before those who may be shown are looked up one by one. */
const hopefulDraws = 3;

/** A draw among those who may be shown; where there is none, the reasons as bits. */
function drawEligible(
  { order, candidates, ends }: Rank,
  state: DecisionState,
  nowMs: number,
  random: () => number,
): Candidate | number {
  if (order === 'weight') {
    // A draw that is repeated until it hits somebody who may be shown has the same chances as one among them alone.
    const total = ends[ends.length - 1] as number;
    for (let draw = 0; draw < hopefulDraws; draw++) {
      const candidate = candidates[firstAbove(ends, random() * total)] as Candidate;
      if (reasonAgainst(candidate, state, nowMs) === 0) return candidate;
    }
  }
  const eligible: Candidate[] = [];
  let total = 0;
  let passed = 0;
  for (const candidate of candidates) {
    const reason = reasonAgainst(candidate, state, nowMs);
    passed |= reason;
    if (reason !== 0) continue;
    eligible.push(candidate);
    total += rangeOf(candidate, order);
  }
  if (eligible.length === 0) return passed;
  let point = random() * (order === 'share' ? Math.max(100, total) : total);
  for (const candidate of eligible) {
    point -= rangeOf(candidate, order);
    if (point < 0) return candidate;
  }
  return order === 'share' ? passed | passedOver.share : (eligible[eligible.length - 1] as Candidate);
}

/** The one that is furthest behind its plan: what it may still deliver, over its pace. Ties are drawn by weight. */
function neediest(
  { candidates, slots }: Rank,
  state: DecisionState,
  nowMs: number,
  random: () => number,
): Candidate | number {
  const { allowance } = state;
  let best: Candidate | undefined;
  let most = -1;
  let tied = 0;
  let passed = 0;
  for (let at = 0; at < slots.length; at++) {
    let need = 0;
    if (allowance !== undefined) {
      const slot = slots[at] as number;
      const left = allowance.left[slot] as number;
      if (!(left >= 1)) {
        passed |= passedOver.pacing;
        continue;
      }
      need = left / (allowance.pace[slot] as number);
      if (need < most) continue;
    }
    const candidate = candidates[at] as Candidate;
    const { lineItem } = candidate;
    const reason = reasonAgainst(candidate, state, nowMs);
    if (reason !== 0) {
      passed |= reason;
      continue;
    }
    if (need > most) {
      most = need;
      tied = lineItem.weight;
      best = candidate;
    } else {
      tied += lineItem.weight;
      if (random() * tied < lineItem.weight) best = candidate;
    }
  }
  return best ?? passed;
}

/** 0 where the line item may be shown, else the bit of the reason. */
export function reasonAgainst(candidate: Candidate, state: DecisionState, nowMs: number): number {
  const { allowance, seen, page } = state;
  if (candidate.limited && allowance !== undefined && !((allowance.left[candidate.slot] as number) >= 1)) {
    return passedOver.pacing;
  }
  if (seen !== undefined && isCapped(candidate.caps, seen, nowMs, 1)) return passedOver.capped;
  if (page?.hasCompetitor(candidate)) return passedOver.excluded;
  let reason = 0;
  for (const creative of candidate.creatives) {
    reason = creativeReason(creative, state, nowMs);
    if (reason === 0) break;
  }
  if (reason !== 0) return reason;
  const blocked = candidate.lineItem.roadblock === true && page !== undefined && !page.canFill(candidate);
  return blocked ? passedOver.excluded : 0;
}

function creativeReason(creative: IndexedCreative, { seen, page }: DecisionState, nowMs: number): number {
  if (seen !== undefined && isCapped(creative.caps, seen, nowMs, 1)) return passedOver.capped;
  return page?.hasCreative(creative.creative.id) ? passedOver.excluded : 0;
}

/** A reason of `reasonAgainst` by its name; undefined for 0. */
export function reasonName(reason: number): NoFillReason | undefined {
  return reasons.find((name) => (reason & passedOver[name]) !== 0);
}
