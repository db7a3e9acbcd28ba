import { deciding } from './decide.ts';
import { type DecisionState, reasonAgainst, reasonName } from './eligible.ts';
import type { InventoryIndex, ZoneIndex } from './inventory-index.ts';
import { noFillReasons } from './no-fill.ts';
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
  const open = deciding(inventory, zone, facts, state);
  const drawn = new Set(open.map(({ lineItem }) => lineItem.id));
  const sum = open.reduce((total, candidate) => total + rangeOf(candidate), 0);
  const best = open[0]?.lineItem.type;
  const whole = best === 'sponsorship' ? Math.max(100, sum) : sum;
  return inventory.fitting(zone).map((candidate) => {
    const { lineItem } = candidate;
    const inDraw = drawn.has(lineItem.id);
    return {
      lineItemId: lineItem.id,
      campaignId: lineItem.campaignId,
      type: lineItem.type,
      weight: lineItem.weight,
      drawn: inDraw,
      share: inDraw ? rangeOf(candidate) / whole : 0,
      reason: reasonOf(candidate, facts, state, inDraw, best),
    };
  });
}

function reasonOf(
  candidate: Candidate,
  facts: Facts,
  state: DecisionState,
  drawn: boolean,
  best?: string,
): string {
  const { lineItem, rule, startMs, endMs } = candidate;
  const words = lineItem.targeting === null ? 'no targeting' : describeRule(lineItem.targeting);
  if (rule !== undefined && !matchesRule(rule, facts)) return `targeting: ${words}`;
  if (facts.nowMs < startMs) return `starts ${new Date(startMs).toISOString()}`;
  if (facts.nowMs >= endMs) return `ended ${new Date(endMs).toISOString()}`;
  const against = reasonName(reasonAgainst(candidate, undefined, facts, state));
  if (against !== undefined) return `matches, but ${noFillReasons[against]}`;
  return drawn ? `matches: ${words}` : `matches, but ${best} goes before ${lineItem.type}`;
}
