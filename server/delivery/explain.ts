import { type AdRequest, type DecisionState, planFor, reasonAgainst, reasonName } from './decide.ts';
import type { InventoryIndex, ZoneIndex } from './inventory-index.ts';
import { noFillReasons } from './no-fill.ts';
import { rangeOf } from './plan.ts';
import { describeRule, matches } from './targeting-match.ts';

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

/** Why a zone shows what it shows to a visitor at a place: the decision's own rules, told for each line item. */
export function explain(
  inventory: InventoryIndex,
  zone: ZoneIndex,
  request: AdRequest,
  nowMs: number,
  state: DecisionState = {},
): readonly Verdict[] {
  const plan = planFor(inventory, zone, request, nowMs);
  const facts = { ...request, site: String(zone.zone.siteId), zone: String(zone.zone.id) };
  const first = plan.ranks.find(({ candidates }) =>
    candidates.some((candidate) => reasonAgainst(candidate, state, nowMs) === 0),
  );
  const drawn = (first?.candidates ?? []).filter((one) => reasonAgainst(one, state, nowMs) === 0);
  const ranges = new Map(drawn.map((one) => [one.lineItem.id, rangeOf(one, first?.order ?? 'weight')]));
  const sum = [...ranges.values()].reduce((total, range) => total + range, 0);
  const whole = first?.order === 'share' ? Math.max(100, sum) : sum;
  return inventory.fitting(zone).map((candidate) => {
    const { lineItem, startMs, endMs } = candidate;
    const { targeting } = lineItem;
    const rule = targeting === null ? 'no targeting' : describeRule(targeting);
    const range = ranges.get(lineItem.id);
    const against = reasonName(reasonAgainst(candidate, state, nowMs));
    let reason = `matches: ${rule}`;
    if (targeting !== null && !matches(targeting, facts)) reason = `targeting: ${rule}`;
    else if (nowMs < startMs) reason = `starts ${new Date(startMs).toISOString()}`;
    else if (nowMs >= endMs) reason = `ended ${new Date(endMs).toISOString()}`;
    else if (against !== undefined) reason = `matches, but ${noFillReasons[against]}`;
    else if (range === undefined) reason = `matches, but ${first?.type} goes before ${lineItem.type}`;
    return {
      lineItemId: lineItem.id,
      campaignId: lineItem.campaignId,
      type: lineItem.type,
      weight: lineItem.weight,
      drawn: range !== undefined,
      share: range === undefined ? 0 : range / whole,
      reason,
    };
  });
}
