import { lineItemTypes, type SnapshotLineItem } from '../inventory/snapshot.ts';
import type { CapRule } from './caps.ts';
import type { IndexedCreative } from './inventory-index.ts';
import { type Open, type Rank, ranksOf } from './rank.ts';
import { boundOf } from './targeting/bounds.ts';
import type { Facts } from './targeting/facts.ts';
import { known, type Rule, reduce } from './targeting/rule.ts';
import { always, between, overlap, type Stretch, type TimeLeaf, unchanged } from './targeting/time.ts';

/** A line item with those of its creatives that have one of the sizes asked for. */
export interface Candidate {
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
    const { country, region } = facts.location;
    const possible = merged(this.#files.flatMap((file) => file.possible(country, region)));
    const plan = makePlan(
      possible.map((candidate) => ({ candidate, ask: candidate.rule })),
      facts,
      this.#settled,
    );
    keep(this.#plans, place, plan, maxPlans);
    return plan;
  }

  /** @param visitor class of the request's browser and language; NaN: the part is not kept */
  narrowed(plan: Plan, visitor: number, facts: Facts): Plan {
    const kept = plan.narrowed.get(visitor);
    if (kept !== undefined) return kept;
    const all = plan.ranks.flatMap(({ candidates, asks }) =>
      candidates.map((candidate, at) => ({ candidate, ask: asks[at] })),
    );
    const part = makePlan([...all, ...plan.waiting], facts, known.visitor);
    keep(plan.narrowed, visitor, part, maxNarrowed);
    return part;
  }
}

function keep(plans: Map<number, Plan>, key: number, plan: Plan, most: number): void {
  if (Number.isNaN(key)) return;
  if (plans.size >= most) plans.clear();
  plans.set(key, plan);
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

  /** Those that may match at the place; each once. */
  possible(country: string | undefined, region: string | undefined): Candidate[] {
    const ofCountry = country === undefined ? undefined : this.#byPlace.get(country);
    const ofRegion = region === undefined ? undefined : this.#byPlace.get(region);
    return [...this.#anywhere, ...(ofCountry ?? []), ...(ofRegion ?? [])];
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
    byLineItem.set(
      candidate.lineItem,
      before === undefined
        ? candidate
        : { ...before, creatives: [...before.creatives, ...candidate.creatives] },
    );
  }
  return [...byLineItem.values()];
}

function makePlan(possible: readonly Open[], facts: Facts, settled: number): Plan {
  const stretch = possible.reduce(
    (common, { candidate: { timed } }) =>
      timed.length === 0 ? common : overlap(common, unchanged(timed, facts.nowMs)),
    always,
  );
  const matching = possible.flatMap(({ candidate, ask }) => {
    const answer = ask === undefined ? true : reduce(ask, facts, settled);
    if (answer === false) return [];
    return [{ candidate, ask: answer === true ? undefined : answer }];
  });
  return planOf(matching, facts.nowMs, stretch);
}

function planOf(matching: readonly Open[], nowMs: number, ofRules: Stretch): Plan {
  const dates = matching.flatMap(({ candidate: { startMs, endMs } }) => [startMs, endMs]);
  const stretch = overlap(ofRules, between(dates, nowMs));
  const runs = ({ candidate }: Open) => candidate.startMs <= nowMs && nowMs < candidate.endMs;
  const running = matching.filter(runs);
  const ranks = lineItemTypes.flatMap((type) =>
    ranksOf(
      type,
      running.filter(({ candidate }) => candidate.lineItem.type === type),
    ),
  );
  const waiting = running.length === matching.length ? [] : matching.filter((open) => !runs(open));
  return { ranks, waiting, stretch, narrowed: new Map() };
}
