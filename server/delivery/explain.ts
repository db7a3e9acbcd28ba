import type { Targeting } from '../inventory/targeting.ts';
import { deciding } from './decide.ts';
import { type Allowance, type DecisionState, reasonAgainst, reasonName } from './eligible.ts';
import type { InventoryIndex, ZoneIndex } from './inventory-index.ts';
import { type NoFillReason, noFillReasons } from './no-fill.ts';
import type { Candidate } from './plan.ts';
import { rangeOf } from './rank.ts';
import { describeRule } from './targeting/describe.ts';
import type { Facts } from './targeting/facts.ts';
import { compileRule, matchesRule } from './targeting/rule.ts';

/** What became of a line item, in one word: it was drawn among, or by what it was dropped. */
export const outcomes = [
  'drawn',
  'targeting',
  'not_started',
  'ended',
  'passed_over',
  'type_before',
  'revenue_before',
  'need_before',
  'goal_before',
] as const;
export type Outcome = (typeof outcomes)[number];

/** What became of one line item in a decision, in the order of precedence. */
export interface Verdict {
  readonly lineItemId: number;
  readonly campaignId: number;
  readonly type: string;
  readonly weight: number;
  /** Whether it took part in the draw. */
  readonly drawn: boolean;
  /** Its chance in the draw, 0 to 1. */
  readonly share: number;
  /** What it may still deliver over its pace, in seconds, where line items go by need. */
  readonly needSeconds: number | undefined;
  /** Why it was passed over although it matches and runs. */
  readonly passedOver: NoFillReason | undefined;
  readonly outcome: Outcome;
  /** Of what its targeting asks for, what the request did not meet. */
  readonly unmet: readonly Targeting[];
  /** Why, in words. */
  readonly reason: string;
}

/** Why a zone shows what it shows for a request: the decision's own rules, told for each line item. */
export function explain(
  inventory: InventoryIndex,
  zone: ZoneIndex,
  facts: Facts,
  state: DecisionState = {},
): readonly Verdict[] {
  const draw = new Draw();
  for (const open of openRanks(inventory, zone, facts, state)) draw.add(open, state.allowance);
  return inventory.fitting(zone).map((candidate) => {
    const { lineItem } = candidate;
    const share = draw.shares.get(lineItem.id);
    const passedOver = passedOverBy(candidate, facts, state);
    const outcome = outcomeOf(candidate, facts, share !== undefined, passedOver, draw);
    return {
      lineItemId: lineItem.id,
      campaignId: lineItem.campaignId,
      type: lineItem.type,
      weight: lineItem.weight,
      drawn: share !== undefined,
      share: share ?? 0,
      needSeconds: byNeed(candidate) ? needOf(candidate, state.allowance) : undefined,
      passedOver,
      outcome,
      unmet: outcome === 'targeting' ? unmetBy(lineItem.targeting, lineItem.advertiserId, facts) : [],
      reason: reasonOf(candidate, outcome, passedOver, draw),
    };
  });
}

const byNeed = ({ limited, lineItem }: Candidate): boolean => limited && lineItem.type === 'standard';

/**
 * Those who are decided among: the first rank that has anybody; where these are sponsorships, also the one that gets
 * what falls to none of them.
 */
function openRanks(
  inventory: InventoryIndex,
  zone: ZoneIndex,
  facts: Facts,
  state: DecisionState,
): (readonly Candidate[])[] {
  const first = deciding(inventory, zone, facts, state);
  if (first[0]?.lineItem.type !== 'sponsorship') return [first];
  const noSponsorships = {
    hasCreative: () => false,
    hasCompetitor: ({ lineItem }: Candidate) => lineItem.type === 'sponsorship',
    canFill: () => true,
  };
  return [first, deciding(inventory, zone, facts, { ...state, page: noSponsorships })];
}

/** The chances of one decision. */
class Draw {
  readonly shares = new Map<number, number>();
  /** The rank that has the last word. */
  last: Candidate | undefined;
  #left = 1;

  add(open: readonly Candidate[], allowance: Allowance | undefined): void {
    const [first] = open;
    if (first === undefined || this.#left <= 0) return;
    this.last = first;
    const most = byNeed(first)
      ? Math.max(...open.map((each) => needOf(each, allowance)))
      : Number.NEGATIVE_INFINITY;
    const drawn = open.filter((each) => !byNeed(each) || needOf(each, allowance) === most);
    const sum = drawn.reduce((total, each) => total + rangeOf(each), 0);
    const whole = first.lineItem.type === 'sponsorship' ? Math.max(100, sum) : sum;
    for (const each of drawn) this.shares.set(each.lineItem.id, (this.#left * rangeOf(each)) / whole);
    this.#left *= 1 - sum / whole;
  }
}

/** In seconds; all alike where nothing is known of leases. */
function needOf({ slot }: Candidate, allowance: Allowance | undefined): number {
  if (allowance === undefined) return 0;
  return Math.max(0, (allowance.left[slot] ?? 0) / (allowance.pace[slot] ?? 1));
}

/** Undefined where it may be shown, and where the request or the time rules it out. */
function passedOverBy(candidate: Candidate, facts: Facts, state: DecisionState): NoFillReason | undefined {
  const { rule, startMs, endMs } = candidate;
  if (rule !== undefined && !matchesRule(rule, facts)) return undefined;
  if (facts.nowMs < startMs || facts.nowMs >= endMs) return undefined;
  return reasonName(reasonAgainst(candidate, undefined, facts, state));
}

function outcomeOf(
  candidate: Candidate,
  facts: Facts,
  drawn: boolean,
  passedOver: NoFillReason | undefined,
  { last }: Draw,
): Outcome {
  const { rule, startMs, endMs, lineItem } = candidate;
  if (rule !== undefined && !matchesRule(rule, facts)) return 'targeting';
  if (facts.nowMs < startMs) return 'not_started';
  if (facts.nowMs >= endMs) return 'ended';
  if (passedOver !== undefined) return 'passed_over';
  if (drawn) return 'drawn';
  if (last === undefined || last.lineItem.type !== lineItem.type) return 'type_before';
  if (lineItem.type === 'price_priority') return 'revenue_before';
  return byNeed(candidate) ? 'need_before' : 'goal_before';
}

/** Where all of several rules have to match, those that do not; else the rule as a whole. */
function unmetBy(targeting: Targeting | null, advertiser: number, facts: Facts): readonly Targeting[] {
  if (targeting === null) return [];
  if (!('and' in targeting)) return [targeting];
  return targeting.and
    .filter((part) => !matchesRule(compileRule(part, advertiser), facts))
    .flatMap((part) => unmetBy(part, advertiser, facts));
}

function reasonOf(
  { lineItem, startMs, endMs }: Candidate,
  outcome: Outcome,
  passedOver: NoFillReason | undefined,
  { last }: Draw,
): string {
  const words = lineItem.targeting === null ? 'no targeting' : describeRule(lineItem.targeting);
  switch (outcome) {
    case 'drawn':
      return `matches: ${words}`;
    case 'targeting':
      return `targeting: ${words}`;
    case 'not_started':
      return `starts ${new Date(startMs).toISOString()}`;
    case 'ended':
      return `ended ${new Date(endMs).toISOString()}`;
    case 'passed_over':
      return `matches, but ${passedOver === undefined ? '' : noFillReasons[passedOver]}`;
    case 'type_before':
      return `matches, but ${last?.lineItem.type} goes before ${lineItem.type}`;
    case 'revenue_before':
      return 'matches, but a higher expected revenue goes before';
    case 'need_before':
      return 'matches, but another one is further behind its plan';
    case 'goal_before':
      return 'matches, but those with a goal or a budget go before those without';
  }
}
