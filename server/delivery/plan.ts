import { type LineItemType, lineItemTypes, type SnapshotLineItem } from '../inventory/snapshot.ts';
import type { CapRule } from './caps.ts';
import type { IndexedCreative } from './indexed-creative.ts';
import { type Open, type Rank, ranksOf } from './rank.ts';
import { boundOf } from './targeting/bounds.ts';
import type { Facts } from './targeting/facts.ts';
import { known, type Rule, reduce } from './targeting/rule.ts';
import { always, overlap, type Stretch, type TimeLeaf, unchanged } from './targeting/time.ts';

/**
 * A line item with those of its creatives that have one of the sizes asked for. A class, for the same reason as
 * `IndexedCreative`.
 */
export class Candidate {
  readonly lineItem: SnapshotLineItem;
  /** Its place in the snapshot's line items: where the counters of this worker have it. */
  readonly slot: number;
  /** Undefined: everywhere. */
  readonly rule: Rule | undefined;
  /** The rule's leaves about time. */
  readonly timed: readonly TimeLeaf[];
  readonly creatives: readonly IndexedCreative[];
  readonly startMs: number;
  readonly endMs: number;
  /** Of the line item and its campaign. */
  readonly caps: readonly CapRule[];
  /** Has a goal or a budget: is shown only while this worker holds a lease for it. */
  readonly limited: boolean;
  readonly weight: number;
  readonly roadblock: boolean;

  constructor(
    lineItem: SnapshotLineItem,
    slot: number,
    rule: Rule | undefined,
    timed: readonly TimeLeaf[],
    creatives: readonly IndexedCreative[],
    caps: readonly CapRule[],
  ) {
    this.lineItem = lineItem;
    this.slot = slot;
    this.rule = rule;
    this.timed = timed;
    this.creatives = creatives;
    this.startMs = lineItem.startMs ?? Number.NEGATIVE_INFINITY;
    this.endMs = lineItem.endMs ?? Number.POSITIVE_INFINITY;
    this.caps = caps;
    this.limited = lineItem.goal !== undefined || lineItem.budget !== undefined;
    this.weight = lineItem.weight;
    this.roadblock = lineItem.roadblock === true;
  }

  /** With further creatives. */
  and(creatives: readonly IndexedCreative[]): Candidate {
    const { lineItem, slot, rule, timed, caps } = this;
    return new Candidate(lineItem, slot, rule, timed, [...this.creatives, ...creatives], caps);
  }
}

/** The candidates of one source for one kind of place and stretch of time. */
export interface Plan {
  /** In the order of precedence. */
  readonly ranks: readonly Rank[];
  /** Candidates that do not run at this time. */
  readonly waiting: readonly Open[];
  /** The plan holds while no line item starts or ends and no rule about time answers otherwise. */
  readonly stretch: Stretch;
  /** The parts of it for alike visitors, by their class. */
  readonly narrowed: Map<number, Plan>;
}

const maxPlans = 20_000;
const maxNarrowed = 500;

/** Where line items for the same zones are filed, with the plans made of them. */
export class PlanSource {
  readonly #files: readonly PlaceFile[];
  readonly #settled: number;
  readonly #plans = new Map<number, Plan>();

  /** @param settled bits of `known` that are the same for all requests of a place to this source */
  constructor(files: readonly PlaceFile[], settled: number) {
    this.#files = files;
    this.#settled = settled;
  }

  /** @param place class of the request's place; NaN: the plan is not kept */
  plan(place: number, facts: Facts): Plan {
    const kept = this.#plans.get(place);
    if (kept !== undefined && kept.stretch.fromMs <= facts.nowMs && facts.nowMs < kept.stretch.untilMs)
      return kept;
    const plan = makePlan(this.#possible(facts), facts, this.#settled);
    keep(this.#plans, place, plan, maxPlans);
    return plan;
  }

  /** @param visitor class of the request's browser and language; NaN: the part is not kept */
  narrowed(plan: Plan, visitor: number, facts: Facts): Plan {
    const kept = plan.narrowed.get(visitor);
    if (kept !== undefined) return kept;
    const all: Open[] = [];
    for (const { candidates, asks } of plan.ranks) {
      for (let at = 0; at < candidates.length; at++)
        all.push({ candidate: candidates[at] as Candidate, ask: asks[at] });
    }
    for (const open of plan.waiting) all.push(open);
    const part = makePlan(all, facts, known.visitor);
    keep(plan.narrowed, visitor, part, maxNarrowed);
    return part;
  }

  #possible({ location: { country, region } }: Facts): Open[] {
    const possible: Open[] = [];
    const add = (candidate: Candidate) => possible.push({ candidate, ask: candidate.rule });
    if (this.#files.length === 1) this.#files[0]?.forEachPossible(country, region, add);
    else {
      const found: Candidate[] = [];
      for (const file of this.#files) file.forEachPossible(country, region, (each) => found.push(each));
      for (const candidate of merged(found)) add(candidate);
    }
    return possible;
  }
}

/** By the number of a class; NaN is none, and is not kept. */
export function keep<Kept>(all: Map<number, Kept>, key: number, kept: Kept, most: number): void {
  if (Number.isNaN(key)) return;
  if (all.size >= most) all.clear();
  all.set(key, kept);
}

/** Candidates filed by the regions or countries outside of which they cannot match. */
export class PlaceFile {
  readonly #anywhere: Candidate[] = [];
  readonly #byPlace = new Map<string, Candidate[]>();

  add(candidate: Candidate): void {
    const { targeting } = candidate.lineItem;
    const bound =
      targeting === null ? undefined : (boundOf(targeting, 'region') ?? boundOf(targeting, 'country'));
    if (bound === undefined) this.#anywhere.push(candidate);
    for (const place of bound ?? []) {
      const there = this.#byPlace.get(place);
      if (there === undefined) this.#byPlace.set(place, [candidate]);
      else there.push(candidate);
    }
  }

  /** Gives those that may match at the place, each once. */
  forEachPossible(
    country: string | undefined,
    region: string | undefined,
    give: (candidate: Candidate) => void,
  ): void {
    this.#anywhere.forEach(give);
    if (country !== undefined) this.#byPlace.get(country)?.forEach(give);
    if (region !== undefined) this.#byPlace.get(region)?.forEach(give);
  }
}

/** Line items with a creative of one size, filed by the zones and then the places that they can match. */
export class SizeFile {
  readonly all: Candidate[] = [];
  readonly anyZone = new PlaceFile();
  readonly bySite = new Map<string, PlaceFile>();
  readonly byZone = new Map<string, PlaceFile>();

  add(candidate: Candidate): void {
    this.all.push(candidate);
    const { targeting } = candidate.lineItem;
    const zones = targeting === null ? undefined : boundOf(targeting, 'zone');
    const sites = targeting === null || zones !== undefined ? undefined : boundOf(targeting, 'site');
    for (const zone of zones ?? []) fileOf(this.byZone, zone).add(candidate);
    for (const site of sites ?? []) fileOf(this.bySite, site).add(candidate);
    if (zones === undefined && sites === undefined) this.anyZone.add(candidate);
  }
}

function fileOf(files: Map<string, PlaceFile>, key: string): PlaceFile {
  const file = files.get(key) ?? new PlaceFile();
  files.set(key, file);
  return file;
}

/** One candidate for each line item, also where it has creatives of several of the zone's sizes. */
export function merged(candidates: readonly Candidate[]): Candidate[] {
  const byLineItem = new Map<SnapshotLineItem, Candidate>();
  for (const candidate of candidates) {
    const before = byLineItem.get(candidate.lineItem);
    byLineItem.set(candidate.lineItem, before === undefined ? candidate : before.and(candidate.creatives));
  }
  return [...byLineItem.values()];
}

/** Tens of thousands of candidates go through here for a plan: in one pass, with nothing made on the way. */
function makePlan(possible: readonly Open[], facts: Facts, settled: number): Plan {
  const { nowMs } = facts;
  let stretch = always;
  let fromMs = Number.NEGATIVE_INFINITY;
  let untilMs = Number.POSITIVE_INFINITY;
  const running = new Map<LineItemType, Open[]>(lineItemTypes.map((type) => [type, []]));
  const waiting: Open[] = [];
  for (const open of possible) {
    const { candidate } = open;
    if (candidate.timed.length > 0) stretch = overlap(stretch, unchanged(candidate.timed, nowMs));
    const answer = open.ask === undefined ? true : reduce(open.ask, facts, settled);
    if (answer === false) continue;
    const ask = answer === true ? undefined : answer;
    const left = ask === open.ask ? open : { candidate, ask };
    const { startMs, endMs } = candidate;
    for (const ms of [startMs, endMs]) {
      if (ms <= nowMs) fromMs = Math.max(fromMs, ms);
      else untilMs = Math.min(untilMs, ms);
    }
    if (startMs <= nowMs && nowMs < endMs) running.get(candidate.lineItem.type)?.push(left);
    else waiting.push(left);
  }
  const ranks = lineItemTypes.flatMap((type) => ranksOf(type, running.get(type) as Open[]));
  return { ranks, waiting, stretch: overlap(stretch, { fromMs, untilMs }), narrowed: new Map() };
}
