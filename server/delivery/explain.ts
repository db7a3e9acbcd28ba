import { deciding } from './decide.ts';
import { type Allowance, type DecisionState, reasonAgainst, reasonName } from './eligible.ts';
import type { InventoryIndex, ZoneIndex } from './inventory-index.ts';
import { type NoFillReason, noFillReasons } from './no-fill.ts';
import type { Candidate } from './plan.ts';
import { rangeOf } from './rank.ts';
import { describeRule } from './targeting/describe.ts';
import type { Facts } from './targeting/facts.ts';
import { matchesRule } from './targeting/rule.ts';

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
    return {
      lineItemId: lineItem.id,
      campaignId: lineItem.campaignId,
      type: lineItem.type,
      weight: lineItem.weight,
      drawn: share !== undefined,
      share: share ?? 0,
      needSeconds: byNeed(candidate) ? needOf(candidate, state.allowance) : undefined,
      passedOver,
      reason: reasonOf(candidate, facts, share !== undefined, passedOver, draw),
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

function reasonOf(
  candidate: Candidate,
  facts: Facts,
  drawn: boolean,
  passedOver: NoFillReason | undefined,
  { last }: Draw,
): string {
  const { lineItem, rule, startMs, endMs } = candidate;
  const words = lineItem.targeting === null ? 'no targeting' : describeRule(lineItem.targeting);
  if (rule !== undefined && !matchesRule(rule, facts)) return `targeting: ${words}`;
  if (facts.nowMs < startMs) return `starts ${new Date(startMs).toISOString()}`;
  if (facts.nowMs >= endMs) return `ended ${new Date(endMs).toISOString()}`;
  if (passedOver !== undefined) return `matches, but ${noFillReasons[passedOver]}`;
  return drawn ? `matches: ${words}` : `matches, but ${goesBefore(candidate, last)}`;
}

/** What a candidate that nobody speaks against stands behind. */
function goesBefore(candidate: Candidate, last: Candidate | undefined): string {
  const { type } = candidate.lineItem;
  if (last === undefined || last.lineItem.type !== type) return `${last?.lineItem.type} goes before ${type}`;
  if (type === 'price_priority') return 'a higher expected revenue goes before';
  return byNeed(candidate)
    ? 'another one is further behind its plan'
    : 'those with a goal or a budget go before those without';
}
