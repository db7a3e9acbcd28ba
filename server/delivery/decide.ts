import {
  creativeReason,
  type DecisionState,
  gather,
  passedOver,
  reasonAgainst,
  reasonName,
} from './eligible.ts';
import type { IndexedCreative } from './indexed-creative.ts';
import type { InventoryIndex, ZoneIndex } from './inventory-index.ts';
import type { NoFillReason } from './no-fill.ts';
import type { Candidate } from './plan.ts';
import { type Rank, rangeOf } from './rank.ts';
import type { Facts } from './targeting/facts.ts';
import { matchesRule } from './targeting/rule.ts';
import { Walk } from './walk.ts';
import type { Step } from './way.ts';

export type Decision =
  | { readonly noFill: undefined; readonly candidate: Candidate; readonly creative: IndexedCreative }
  | { readonly noFill: NoFillReason };

const stateless: DecisionState = {};

/**
 * Picks the ad: goes through the ranks of the zone's plans until one has a line item that may be shown for this request
 * and time; of that one, any of the creatives that fit and may be shown, each as likely as the others. Pure but for
 * `random`; nothing is counted here.
 * @param random uniform in [0, 1)
 */
export function decide(
  inventory: InventoryIndex,
  zone: ZoneIndex,
  facts: Facts,
  random: () => number,
  state: DecisionState = stateless,
): Decision {
  const walk = new Walk(inventory, zone, facts);
  let passed = 0;
  const missed: Step[] = [];
  for (let step = walk.next(); step !== undefined; step = walk.next()) {
    const found = pick(walk, step, facts, random, state);
    if (typeof found !== 'number') return decided(found, state, facts.nowMs, random);
    if (found === notAsked) missed.push(step);
    else passed |= found;
  }
  for (const step of missed) passed |= whyMissed(step, facts, state);
  return { noFill: reasonName(passed) ?? noFillOf(zone, walk, facts) };
}

/** With one of the candidate's creatives that may be shown, each as likely as the others. */
export function decided(
  candidate: Candidate,
  state: DecisionState,
  nowMs: number,
  random: () => number,
): Decision {
  const { creatives } = candidate;
  const usable =
    creatives.length === 1
      ? creatives
      : creatives.filter((creative) => creativeReason(creative, state, nowMs) === 0);
  const at = usable.length === 1 ? 0 : Math.floor(random() * usable.length);
  return { noFill: undefined, candidate, creative: usable[at] as IndexedCreative };
}

/** One of the step's candidates; where there is none, the reasons as bits. */
function pick(
  walk: Walk,
  step: Step,
  facts: Facts,
  random: () => number,
  state: DecisionState,
): Candidate | number {
  if (step.free && state.page === undefined && state.hidden === undefined) return drawFree(step, random);
  const { order } = step;
  if (order === 'need') return neediest(step, walk.visitor(), facts, random, state);
  if (order === 'share') {
    if (step.total <= 100) return drawShare(step, facts, random, state);
    if (state.page !== undefined || step.sure < 100)
      return drawSurely(narrowOf(walk, step), facts, random, state);
  }
  const hoped = drawHopefully(step, facts, random, state);
  if (hoped !== undefined) return hoped;
  const narrow = narrowOf(walk, step);
  if (narrow === step) return drawSurely(step, facts, random, state);
  return drawHopefully(narrow, facts, random, state) ?? drawSurely(narrow, facts, random, state);
}

/** The step for alike visitors, where that may leave somebody out. */
function narrowOf(walk: Walk, step: Step): Step {
  return step.asking ? walk.narrow() : step;
}

/** It is nobody's, and not everybody was asked why. */
const notAsked = 0;

/** The reasons why nobody of the step has the request, as bits: asked for only where nobody else has it either. */
function whyMissed({ ranks, order }: Step, facts: Facts, state: DecisionState): number {
  const { eligible, passed } = gather(ranks, facts, state);
  const shared = order === 'share' && eligible.length > 0;
  return shared ? passed | passedOver.share : passed;
}

/**
 * Among sponsorships that ask for no more than there is, each has its share whoever else is ruled out: one draw says
 * whose the request is, or that it is nobody's.
 */
function drawShare(
  { ranks, total }: Step,
  facts: Facts,
  random: () => number,
  state: DecisionState,
): Candidate | number {
  const point = random() * 100;
  if (point >= total) return notAsked;
  const [{ candidates, asks }, at] = placeOf(ranks, point);
  const candidate = candidates[at] as Candidate;
  return reasonAgainst(candidate, asks[at], facts, state) === 0 ? candidate : notAsked;
}

/** A draw among all; the reason where it fell to no sponsorship. */
function drawFree({ ranks, order, total }: Step, random: () => number): Candidate | number {
  const [{ candidates }] = ranks as readonly [Rank];
  if (order !== 'share') {
    if (ranks.length === 1 && candidates.length === 1) return candidates[0] as Candidate;
    return candidateAt(ranks, random() * total);
  }
  const point = random() * Math.max(100, total);
  return point < total ? candidateAt(ranks, point) : passedOver.share;
}

/** The rank that has the point, when their ranges follow each other, and the candidate's place in it. */
function placeOf(ranks: readonly Rank[], point: number): readonly [rank: Rank, at: number] {
  let rest = point;
  let rank = ranks[0] as Rank;
  for (let at = 1; at < ranks.length && rest >= rank.total; at++) {
    rest -= rank.total;
    rank = ranks[at] as Rank;
  }
  return [rank, firstAbove(rank.ends, rest)];
}

function candidateAt(ranks: readonly Rank[], point: number): Candidate {
  const [{ candidates }, at] = placeOf(ranks, point);
  return candidates[at] as Candidate;
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
const hopefulDraws = 8;

/**
 * A draw that is repeated until it hits somebody who may be shown has the same chances as one among them alone; that of
 * sponsorships too, where they surely ask for all there is. Undefined where it hit nobody in a few times.
 */
function drawHopefully(
  { ranks, total }: Step,
  facts: Facts,
  random: () => number,
  state: DecisionState,
): Candidate | undefined {
  if (ranks.length === 0) return undefined;
  for (let draw = 0; draw < hopefulDraws; draw++) {
    const [{ candidates, asks }, at] = placeOf(ranks, random() * total);
    const candidate = candidates[at] as Candidate;
    if (reasonAgainst(candidate, asks[at], facts, state) === 0) return candidate;
  }
  return undefined;
}

/** A draw among those who may be shown; where there is none, the reasons as bits. */
function drawSurely(
  { ranks, order }: Step,
  facts: Facts,
  random: () => number,
  state: DecisionState,
): Candidate | number {
  const { eligible, total, passed } = gather(ranks, facts, state);
  if (eligible.length === 0) return passed;
  const shared = order === 'share';
  let point = random() * (shared ? Math.max(100, total) : total);
  for (const candidate of eligible) {
    point -= rangeOf(candidate);
    if (point < 0) return candidate;
  }
  return shared ? passed | passedOver.share : (eligible[eligible.length - 1] as Candidate);
}

/** The one that is furthest behind its plan: what it may still deliver, over its pace. Ties are drawn by weight. */
function neediest(
  { ranks }: Step,
  visitor: number,
  facts: Facts,
  random: () => number,
  state: DecisionState,
): Candidate | number {
  let best: Candidate | undefined;
  let most = 0;
  let tied = 0;
  for (const { needs, candidates, answers } of ranks) {
    if (needs === undefined) continue;
    const ofVisitor = answers.of(visitor);
    needs.begin(state.allowance);
    for (let at = needs.next(most); at >= 0; at = needs.next(most)) {
      if (!answers.matches(ofVisitor, at, facts)) continue;
      const candidate = candidates[at] as Candidate;
      if (reasonAgainst(candidate, undefined, facts, state) !== 0) continue;
      const { weight } = candidate;
      if (best === undefined || needs.need > most) {
        most = needs.need;
        tied = weight;
        best = candidate;
      } else {
        tied += weight;
        if (random() * tied < weight) best = candidate;
      }
    }
  }
  return best ?? notAsked;
}

/** Why there is nobody whom the request does not rule out: the first rule that nobody passes. */
function noFillOf(zone: ZoneIndex, walk: Walk, facts: Facts): NoFillReason {
  if (zone.sources.length === 0) return 'no_creative_fits';
  const waits = walk
    .narrowPlans()
    .some(({ waiting }) => waiting.some(({ ask }) => ask === undefined || matchesRule(ask, facts)));
  return waits ? 'schedule' : 'targeting';
}

/** The candidates among whom the decision is made, for those who explain one. */
export function deciding(
  inventory: InventoryIndex,
  zone: ZoneIndex,
  facts: Facts,
  state: DecisionState = stateless,
): readonly Candidate[] {
  const walk = new Walk(inventory, zone, facts);
  for (let step = walk.next(); step !== undefined; step = walk.next()) {
    const { eligible } = gather(step.ranks, facts, state);
    if (eligible.length > 0) return eligible;
  }
  return [];
}

/** The line item with this slot as it runs in a zone; undefined where it does not, or the request rules it out. */
export function candidateIn(
  inventory: InventoryIndex,
  zone: ZoneIndex,
  facts: Facts,
  slot: number,
): Candidate | undefined {
  for (const source of zone.sources) {
    for (const { candidates, asks, slots } of inventory.plan(source, facts).ranks) {
      const at = slots.indexOf(slot);
      if (at < 0) continue;
      const ask = asks[at];
      return ask === undefined || matchesRule(ask, facts) ? candidates[at] : undefined;
    }
  }
  return undefined;
}
