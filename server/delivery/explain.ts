import type { AdRequest } from './decide.ts';
import type { InventoryIndex, ZoneIndex } from './inventory-index.ts';
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
): readonly Verdict[] {
  const plan = inventory.plan(zone, request.country, request.region, nowMs);
  const total = plan.ends.at(-1) ?? 0;
  const drawn = new Set(plan.candidates.map(({ lineItem }) => lineItem.id));
  const facts = { ...request, site: String(zone.zone.siteId), zone: String(zone.zone.id) };
  const best = plan.candidates[0]?.lineItem.type;
  return inventory.fitting(zone).map(({ lineItem, startMs, endMs }) => {
    const { targeting } = lineItem;
    const rule = targeting === null ? 'no targeting' : describeRule(targeting);
    let reason = `matches: ${rule}`;
    if (targeting !== null && !matches(targeting, facts)) reason = `targeting: ${rule}`;
    else if (nowMs < startMs) reason = `starts ${new Date(startMs).toISOString()}`;
    else if (nowMs >= endMs) reason = `ended ${new Date(endMs).toISOString()}`;
    else if (!drawn.has(lineItem.id)) reason = `matches, but ${best} goes before ${lineItem.type}`;
    return {
      lineItemId: lineItem.id,
      campaignId: lineItem.campaignId,
      type: lineItem.type,
      weight: lineItem.weight,
      drawn: drawn.has(lineItem.id),
      share: drawn.has(lineItem.id) ? lineItem.weight / total : 0,
      reason,
    };
  });
}
