import type { NoFillReason } from '../../../server/delivery/index.ts';
import type { InventorySnapshot, SnapshotLineItem, Targeting } from '../../../server/inventory/index.ts';

/** What is asked: a zone, and where the visitor is. */
export interface NaiveRequest {
  readonly zone: number;
  readonly country: string | undefined;
  readonly region: string | undefined;
  readonly nowMs: number;
}

export interface NaiveOutcome {
  readonly noFill: NoFillReason | undefined;
  /** Ids of line items, each with the ids of its creatives that fit, ascending. */
  readonly candidates: ReadonlyMap<number, readonly number[]>;
}

/**
 * The rules of a decision, written down again without an index, straight over the snapshot. Shares no code with the
 * product.
 */
export function naiveOutcome(snapshot: InventorySnapshot, request: NaiveRequest): NaiveOutcome {
  const none = (noFill: NoFillReason): NaiveOutcome => ({ noFill, candidates: new Map() });
  const zone = snapshot.zones.find(({ id }) => id === request.zone);
  if (zone === undefined) throw new Error(`no zone ${request.zone}`);
  const fitting = (lineItem: SnapshotLineItem) =>
    snapshot.creatives
      .filter(({ id }) => lineItem.creativeIds.includes(id))
      .filter((creative) => zone.sizes.some(([w, h]) => w === creative.width && h === creative.height))
      .map(({ id }) => id)
      .sort((a, b) => a - b);
  const facts = {
    country: request.country,
    region: request.region,
    site: String(zone.siteId),
    zone: String(zone.id),
  };
  const fits = snapshot.lineItems.filter((lineItem) => fitting(lineItem).length > 0);
  // A size without any creative is told apart from line items that are not targeted here.
  if (fits.length === 0) return none('no_creative_fits');
  const targeted = fits.filter(({ targeting }) => targeting === null || holds(targeting, facts));
  if (targeted.length === 0) return none('targeting');
  const live = targeted.filter(
    ({ startMs, endMs }) =>
      !(startMs !== null && request.nowMs < startMs) && !(endMs !== null && request.nowMs >= endMs),
  );
  if (live.length === 0) return none('schedule');
  for (const type of ['sponsorship', 'standard', 'price_priority', 'house']) {
    const ofType = live.filter((lineItem) => lineItem.type === type);
    if (ofType.length === 0) continue;
    return { noFill: undefined, candidates: new Map(ofType.map((each) => [each.id, fitting(each)])) };
  }
  throw new Error('a line item of no type');
}

type Facts = Readonly<Record<'country' | 'region' | 'site' | 'zone', string | undefined>>;

function holds(rule: Targeting, facts: Facts): boolean {
  if ('and' in rule) return !rule.and.some((part) => !holds(part, facts));
  if ('or' in rule) return !rule.or.every((part) => !holds(part, facts));
  if ('not' in rule) return holds(rule.not, facts) === false;
  const fact = facts[rule.on as keyof Facts];
  if ('in' in rule) return fact === undefined ? false : new Set(rule.in).has(fact);
  if (!('notIn' in rule)) throw new Error(`not told here: ${rule.on}`);
  return fact === undefined ? true : !new Set(rule.notIn).has(fact);
}
