import type { Candidate, IndexedCreative, InventoryIndex, ZoneIndex } from './inventory-index.ts';
import type { NoFillReason } from './no-fill.ts';

/** What the decision knows of the visitor. */
export interface AdRequest {
  readonly country: string | undefined;
  readonly region: string | undefined;
}

export type Decision =
  | { readonly noFill: undefined; readonly candidate: Candidate; readonly creative: IndexedCreative }
  | { readonly noFill: NoFillReason };

/**
 * Picks the ad: the highest type of line item that has any for this zone, place and time; within it a draw by weight;
 * of the line item drawn, one of the creatives that fit, each as likely as the others. Pure but for `random`.
 * @param random uniform in [0, 1)
 */
export function decide(
  inventory: InventoryIndex,
  zone: ZoneIndex,
  request: AdRequest,
  nowMs: number,
  random: () => number,
): Decision {
  const plan = inventory.plan(zone, request.country, request.region, nowMs);
  if (plan.noFill !== undefined) return { noFill: plan.noFill };
  const { candidates, ends } = plan;
  const last = candidates.length - 1;
  const candidate = candidates[last === 0 ? 0 : draw(ends, random() * (ends[last] as number))] as Candidate;
  const { creatives } = candidate;
  const creative = creatives[
    creatives.length === 1 ? 0 : Math.floor(random() * creatives.length)
  ] as IndexedCreative;
  return { noFill: undefined, candidate, creative };
}

/** Index of the first end above `point`. */
function draw(ends: Float64Array, point: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] as number) > point) high = middle;
    else low = middle + 1;
  }
  return low;
}
