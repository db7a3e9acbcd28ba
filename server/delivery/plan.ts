import { type LineItemType, lineItemTypes, type SnapshotLineItem } from '../inventory/snapshot.ts';
import type { CapRule } from './caps.ts';
import type { IndexedCreative } from './inventory-index.ts';
import type { NoFillReason } from './no-fill.ts';

/** A line item with those of its creatives that have one of the sizes asked for. */
export interface Candidate {
  readonly lineItem: SnapshotLineItem;
  /** Its place in the snapshot's line items: where the counters of this worker have it. */
  readonly slot: number;
  readonly creatives: readonly IndexedCreative[];
  readonly startMs: number;
  readonly endMs: number;
  /** Of the line item and its campaign. */
  readonly caps: readonly CapRule[];
  /** Has a goal or a budget: is shown only while this worker holds a lease for it. */
  readonly limited: boolean;
}

/**
 * Candidates that compete with each other. A decision goes through a plan's ranks in their order until one has an
 * answer: sponsorships by their shares; standard line items with a goal or budget by need, then those without by
 * weight; price priority by weight within each eCPM, the highest first; house by weight.
 */
export interface Rank {
  readonly type: LineItemType;
  readonly order: 'share' | 'need' | 'weight';
  readonly candidates: readonly Candidate[];
  /** The candidates' slots: a thousand leases are looked at in a third of the time when no candidate is touched. */
  readonly slots: Int32Array;
  /** `ends[i]` is the sum of shares or weights of candidates 0 to i: candidate i has the half-open range up to it. */
  readonly ends: Float64Array;
  /** Nobody in it has a goal, budget, cap or roadblock: on a page of one zone a draw is all there is to do. */
  readonly free: boolean;
}

/** Everybody who runs, for one kind of zone, place and stretch of time, in the order of precedence. */
export interface Plan {
  readonly ranks: readonly Rank[];
  readonly noFill: NoFillReason | undefined;
  /** The plan holds from one start or end of a line item, inclusive, to the next: clocks are also put back. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The plan for line items whose targeting matches. */
export function planOf(matching: readonly Candidate[], nowMs: number): Plan {
  if (matching.length === 0) return noPlan('targeting');
  let fromMs = Number.NEGATIVE_INFINITY;
  let untilMs = Number.POSITIVE_INFINITY;
  for (const changeMs of matching.flatMap(({ startMs, endMs }) => [startMs, endMs])) {
    if (changeMs > nowMs) untilMs = Math.min(untilMs, changeMs);
    else fromMs = Math.max(fromMs, changeMs);
  }
  const running = matching.filter(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs);
  if (running.length === 0) return noPlan('schedule', fromMs, untilMs);
  const ranks = lineItemTypes.flatMap((type) =>
    ranksOf(
      type,
      running.filter(({ lineItem }) => lineItem.type === type),
    ),
  );
  return { ranks, noFill: undefined, fromMs, untilMs };
}

export function noPlan(
  noFill: NoFillReason,
  fromMs = Number.NEGATIVE_INFINITY,
  untilMs = Number.POSITIVE_INFINITY,
): Plan {
  return { ranks: [], noFill, fromMs, untilMs };
}

function ranksOf(type: LineItemType, candidates: readonly Candidate[]): Rank[] {
  if (candidates.length === 0) return [];
  if (type === 'sponsorship') return [rank(type, 'share', candidates)];
  if (type === 'house') return [rank(type, 'weight', candidates)];
  if (type === 'standard') {
    const needing = candidates.filter(({ limited }) => limited);
    const others = candidates.filter(({ limited }) => !limited);
    return [
      ...(needing.length === 0 ? [] : [rank(type, 'need', needing)]),
      ...(others.length === 0 ? [] : [rank(type, 'weight', others)]),
    ];
  }
  const byCpm = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    const cpm = candidate.lineItem.expectedCpmMicros ?? 0;
    const same = byCpm.get(cpm);
    if (same === undefined) byCpm.set(cpm, [candidate]);
    else same.push(candidate);
  }
  return [...byCpm].sort(([a], [b]) => b - a).map(([, same]) => rank(type, 'weight', same));
}

/** What a sponsorship asks for, in percent; weight for all others. */
export const rangeOf = ({ lineItem }: Candidate, order: Rank['order']): number =>
  order === 'share' ? (lineItem.share ?? 100) : lineItem.weight;

function rank(type: LineItemType, order: Rank['order'], candidates: readonly Candidate[]): Rank {
  const ends = new Float64Array(candidates.length);
  let sum = 0;
  candidates.forEach((candidate, at) => {
    sum += rangeOf(candidate, order);
    ends[at] = sum;
  });
  const free = candidates.every(
    ({ limited, caps, lineItem, creatives }) =>
      !limited &&
      caps.length === 0 &&
      lineItem.roadblock !== true &&
      creatives.every((creative) => creative.caps.length === 0),
  );
  return { type, order, candidates, slots: Int32Array.from(candidates, ({ slot }) => slot), ends, free };
}
