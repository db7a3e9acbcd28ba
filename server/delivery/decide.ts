import { lineItemTypes } from '../inventory/snapshot.ts';
import type { IndexedCreative, InventoryIndex, ZoneIndex } from './inventory-index.ts';
import type { NoFillReason } from './no-fill.ts';
import type { Candidate, Plan, Tier } from './plan.ts';
import type { Facts } from './targeting/facts.ts';
import { matchesRule } from './targeting/rule.ts';

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
  const plans = plansOf(inventory, zone, facts);
  for (let type = 0; type < lineItemTypes.length; type++) {
    const candidate = draw(inventory, zone, plans, type, facts, random);
    if (candidate === undefined) continue;
    const { creatives } = candidate;
    const creative = creatives[creatives.length === 1 ? 0 : Math.floor(random() * creatives.length)];
    return { noFill: undefined, candidate, creative: creative as IndexedCreative };
  }
  return { noFill: noFillOf(inventory, zone, plans, facts) };
}

function plansOf(inventory: InventoryIndex, { sources }: ZoneIndex, facts: Facts): Plan[] {
  const plans: Plan[] = [];
  for (const source of sources) plans.push(inventory.plan(source, facts));
  return plans;
}

/** The parts of the plans that are for visitors with this browser and language. */
function narrowedOf(
  inventory: InventoryIndex,
  { sources }: ZoneIndex,
  plans: readonly Plan[],
  facts: Facts,
): Plan[] {
  return sources.map((source, at) => inventory.narrowed(source, plans[at] as Plan, facts));
}

/** Draws before the candidates that are left are gathered instead. */
const quickDraws = 4;

/**
 * One candidate of a type of those that the request does not rule out, as likely as its weight is of theirs. Who is drawn
 * and ruled out is drawn again, which leaves the others' chances as they are. Mostly the first draw will do; else the
 * draw goes on among those for alike visitors, and in the end every candidate is asked.
 */
function draw(
  inventory: InventoryIndex,
  zone: ZoneIndex,
  plans: readonly Plan[],
  type: number,
  facts: Facts,
  random: () => number,
): Candidate | undefined {
  const total = totalOf(plans, type);
  if (total === 0) return undefined;
  const quick = drawQuickly(plans, type, total, facts, random);
  if (quick !== undefined) return quick;
  const narrowed = narrowedOf(inventory, zone, plans, facts);
  const left = totalOf(narrowed, type);
  if (left === 0) return undefined;
  return drawQuickly(narrowed, type, left, facts, random) ?? drawSurely(narrowed, type, facts, random);
}

function totalOf(plans: readonly Plan[], type: number): number {
  let total = 0;
  for (const { tiers } of plans) total += tiers[type]?.total ?? 0;
  return total;
}

function drawQuickly(
  plans: readonly Plan[],
  type: number,
  total: number,
  facts: Facts,
  random: () => number,
): Candidate | undefined {
  for (let tries = 0; tries < quickDraws; tries++) {
    let point = random() * total;
    let tier: Tier | undefined;
    for (const plan of plans) {
      tier = plan.tiers[type];
      if (tier === undefined) continue;
      if (point < tier.total) break;
      point -= tier.total;
    }
    if (tier === undefined) return undefined;
    const at = indexOf(tier.ends, point);
    const ask = tier.asks[at];
    if (ask === undefined || matchesRule(ask, facts)) return tier.candidates[at];
  }
  return undefined;
}

function drawSurely(
  plans: readonly Plan[],
  type: number,
  facts: Facts,
  random: () => number,
): Candidate | undefined {
  const left = candidatesLeft(plans, type, facts);
  let point = random() * left.reduce((sum, { lineItem }) => sum + lineItem.weight, 0);
  return left.find(({ lineItem }) => {
    point -= lineItem.weight;
    return point < 0;
  });
}

/** Every candidate of a type that the request does not rule out. */
export function candidatesLeft(plans: readonly Plan[], type: number, facts: Facts): Candidate[] {
  return plans.flatMap(({ tiers }) => {
    const tier = tiers[type];
    return tier?.candidates.filter((_, at) => ruledIn(tier, at, facts)) ?? [];
  });
}

function ruledIn({ asks }: Tier, at: number, facts: Facts): boolean {
  const ask = asks[at];
  return ask === undefined || matchesRule(ask, facts);
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

/** Why there is nobody: the first rule that nobody passes. */
function noFillOf(
  inventory: InventoryIndex,
  zone: ZoneIndex,
  plans: readonly Plan[],
  facts: Facts,
): NoFillReason {
  if (zone.sources.length === 0) return 'no_creative_fits';
  const waits = narrowedOf(inventory, zone, plans, facts).some(({ waiting }) =>
    waiting.some(({ ask }) => ask === undefined || matchesRule(ask, facts)),
  );
  return waits ? 'schedule' : 'targeting';
}

/** The candidates of the type that decides, for those who explain a decision. */
export function deciding(inventory: InventoryIndex, zone: ZoneIndex, facts: Facts): readonly Candidate[] {
  const plans = plansOf(inventory, zone, facts);
  for (let type = 0; type < lineItemTypes.length; type++) {
    const left = candidatesLeft(plans, type, facts);
    if (left.length > 0) return left;
  }
  return [];
}
