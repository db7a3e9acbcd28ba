import type { Candidate, IndexedCreative, InventoryIndex, Tier, ZoneIndex } from './inventory-index.ts';
import type { NoFillReason } from './no-fill.ts';
import type { Facts } from './targeting/facts.ts';

export type Decision =
  | { readonly noFill: undefined; readonly candidate: Candidate; readonly creative: IndexedCreative }
  | { readonly noFill: NoFillReason };

/**
 * Picks the ad: the highest type of line item that has any for this zone, request and time; within it a draw by weight;
 * of the line item drawn, one of the creatives that fit, each as likely as the others. Pure but for `random`.
 * @param random uniform in [0, 1)
 */
export function decide(
  inventory: InventoryIndex,
  zone: ZoneIndex,
  facts: Facts,
  random: () => number,
): Decision {
  const plan = inventory.plan(zone, facts);
  if (plan.noFill !== undefined) return { noFill: plan.noFill };
  for (const tier of plan.tiers) {
    const candidate = draw(tier, facts, random);
    if (candidate === undefined) continue;
    const { creatives } = candidate;
    const creative = creatives[creatives.length === 1 ? 0 : Math.floor(random() * creatives.length)];
    return { noFill: undefined, candidate, creative: creative as IndexedCreative };
  }
  return { noFill: 'targeting' };
}

/** Draws before the candidates that are left are gathered instead. */
const quickDraws = 4;

/**
 * One candidate of those that the request does not rule out, as likely as its weight is of theirs. Who is drawn and ruled
 * out is drawn again: that leaves the others' chances as they are. Mostly the first draw will do; where several do not,
 * every candidate is asked.
 */
function draw(tier: Tier, facts: Facts, random: () => number): Candidate | undefined {
  const { candidates, ends, asks } = tier;
  const total = ends[ends.length - 1] as number;
  for (let i = 0; i < quickDraws; i++) {
    const at = candidates.length === 1 ? 0 : indexOf(ends, random() * total);
    const ask = asks[at];
    if (ask === undefined || ask(facts)) return candidates[at];
    if (candidates.length === 1) return undefined;
  }
  const left = candidates.filter((_, at) => asks[at]?.(facts) ?? true);
  let point = random() * left.reduce((sum, { lineItem }) => sum + lineItem.weight, 0);
  return left.find(({ lineItem }) => {
    point -= lineItem.weight;
    return point < 0;
  });
}

/** Index of the first end above `point`. */
function indexOf(ends: Float64Array, point: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] as number) > point) high = middle;
    else low = middle + 1;
  }
  return low;
}
