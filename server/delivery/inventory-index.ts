import { demandFields, zoneFields } from '../../analytics/index.ts';
import {
  type InventorySnapshot,
  lineItemTypes,
  type SnapshotCreative,
  type SnapshotLineItem,
  type SnapshotZone,
} from '../inventory/snapshot.ts';
import { leavesOf, type Targeting } from '../inventory/targeting.ts';
import type { NoFillReason } from './no-fill.ts';
import { boundOf, type FiledBy, filedBy } from './targeting/bounds.ts';
import { RequestClasses } from './targeting/classes.ts';
import type { Facts } from './targeting/facts.ts';
import type { Matcher } from './targeting/leaf.ts';
import { compileRule, type Rule, reduce } from './targeting/rule.ts';
import {
  always,
  between,
  overlap,
  type Stretch,
  type TimeLeaf,
  timeLeaves,
  unchanged,
} from './targeting/time.ts';

/** A line item with those of its creatives that have one of the sizes asked for. */
export interface Candidate {
  readonly lineItem: SnapshotLineItem;
  /** Undefined: everywhere. */
  readonly rule: Rule | undefined;
  /** The rule's leaves about time. */
  readonly timed: readonly TimeLeaf[];
  readonly creatives: readonly IndexedCreative[];
  readonly startMs: number;
  readonly endMs: number;
}

/** A creative, with the parts of answers and log lines that are always the same for it. */
export interface IndexedCreative {
  readonly creative: SnapshotCreative;
  /** The answer's `creative`, as JSON. */
  readonly answer: string;
  /** Log fields from the advertiser down to the creative. */
  readonly fields: string;
}

/** Line items of one type that match all requests alike, but for what has to be asked of each. */
export interface Tier {
  readonly candidates: readonly Candidate[];
  /** `ends[i]` is the sum of the weights of candidates 0 to i: candidate i has the half-open range up to it. */
  readonly ends: Float64Array;
  /** What is left to ask of the request, by candidate. */
  readonly asks: readonly (Matcher | undefined)[];
}

/** The candidates for one kind of zone, of request and stretch of time. */
export interface Plan {
  /** The highest type first; a type without candidates is left out. */
  readonly tiers: readonly Tier[];
  /** Why there are none; undefined where there are. */
  readonly noFill: NoFillReason | undefined;
  /** The plan holds while no line item starts or ends and no rule about time answers otherwise. */
  readonly stretch: Stretch;
}

/** A zone as decisions see it. */
export interface ZoneIndex {
  readonly zone: SnapshotZone;
  /** Log fields of site and zone. */
  readonly fields: string;
  readonly kind: ZoneKind;
}

/** What zones have in common that no rule can tell apart: they share their plans. */
interface ZoneKind {
  readonly files: readonly SizeFile[];
  /** Values of the dimensions by which line items are filed, where a rule names them. */
  readonly site: string;
  readonly zone: string;
  /** By the number of the request's class. */
  readonly plans: Map<number, Plan>;
}

const maxPlansPerKind = 50_000;

/**
 * A snapshot, made ready for decisions. Line items are filed by what they cannot match outside of, so that making a plan
 * looks at those candidates alone that can match. Plans are kept, so that a decision is a look-up and a draw; what no
 * rule can tell apart shares its plan, so that there are as many plans as there are differences.
 */
export class InventoryIndex {
  readonly version: number;
  readonly madeAtMs: number;
  readonly #publicUrl: string;
  readonly #zones = new Map<number, ZoneIndex>();
  readonly #sites = new Set<number>();
  readonly #bySize = new Map<string, SizeFile>();
  readonly #clickUrls = new Map<number, string>();
  readonly #classes: RequestClasses;
  readonly #named: NamedZones;

  /** @param publicUrl where browsers reach the delivery port, without a slash at its end */
  constructor(snapshot: InventorySnapshot, publicUrl: string) {
    this.version = snapshot.version;
    this.madeAtMs = snapshot.madeAtMs;
    this.#publicUrl = publicUrl;
    const rules = snapshot.lineItems.flatMap(({ targeting }) => targeting ?? []);
    this.#classes = new RequestClasses(rules);
    this.#named = namedZones(rules);
    const creatives = new Map(snapshot.creatives.map((creative) => [creative.id, creative]));
    for (const site of snapshot.sites) this.#sites.add(site.id);
    for (const { id, clickUrl } of [...snapshot.landings, ...snapshot.creatives]) {
      // Percent-encoded and in ASCII, as a Location header has to be.
      if (URL.canParse(clickUrl)) this.#clickUrls.set(id, new URL(clickUrl).href);
    }
    for (const lineItem of snapshot.lineItems) this.#file(lineItem, creatives);
    const kinds = new Map<string, ZoneKind>();
    for (const zone of snapshot.zones) {
      this.#zones.set(zone.id, {
        zone,
        fields: zoneFields(zone.siteId, zone.id),
        kind: this.#kindOf(zone, kinds),
      });
    }
  }

  zone(id: number): ZoneIndex | undefined {
    return this.#zones.get(id);
  }

  hasSite(id: number): boolean {
    return this.#sites.has(id);
  }

  /** Where a click on the creative leads; also for creatives that no longer run but may still be on a screen. */
  clickUrl(creativeId: number): string | undefined {
    return this.#clickUrls.get(creativeId);
  }

  plan({ kind }: ZoneIndex, facts: Facts): Plan {
    const key = this.#classes.of(facts);
    const known = kind.plans.get(key);
    if (known !== undefined && known.stretch.fromMs <= facts.nowMs && facts.nowMs < known.stretch.untilMs)
      return known;
    const plan = makePlan(kind, facts);
    if (Number.isNaN(key)) return plan;
    if (kind.plans.size >= maxPlansPerKind) kind.plans.clear();
    kind.plans.set(key, plan);
    return plan;
  }

  /** Every line item that has a creative for the zone, wherever and whenever it runs. */
  fitting({ kind }: ZoneIndex): readonly Candidate[] {
    return merged(kind.files.flatMap((file) => file.all));
  }

  #kindOf(zone: SnapshotZone, kinds: Map<string, ZoneKind>): ZoneKind {
    const named = (on: keyof NamedZones, value: number) =>
      this.#named[on].has(String(value)) ? String(value) : '';
    const site = named('site', zone.siteId);
    const id = named('zone', zone.id);
    const sizes = zone.sizes.map(([width, height]) => `${width}x${height}`);
    const key = `${site} ${id} ${sizes.join(' ')}`;
    let kind = kinds.get(key);
    if (kind === undefined) {
      const files = sizes.flatMap((size) => this.#bySize.get(size) ?? []);
      kind = { files, site, zone: id, plans: new Map() };
      kinds.set(key, kind);
    }
    return kind;
  }

  #file(lineItem: SnapshotLineItem, creatives: ReadonlyMap<number, SnapshotCreative>): void {
    const bySize = new Map<string, IndexedCreative[]>();
    for (const id of lineItem.creativeIds) {
      const creative = creatives.get(id);
      if (creative === undefined) continue;
      const size = `${creative.width}x${creative.height}`;
      const same = bySize.get(size);
      if (same === undefined) bySize.set(size, [this.#indexed(lineItem, creative)]);
      else same.push(this.#indexed(lineItem, creative));
    }
    const { targeting } = lineItem;
    const rule = targeting === null ? undefined : compileRule(targeting);
    const timed = targeting === null ? [] : timeLeaves(targeting);
    for (const [size, fitting] of bySize) {
      let file = this.#bySize.get(size);
      if (file === undefined) {
        file = new SizeFile();
        this.#bySize.set(size, file);
      }
      file.add({
        lineItem,
        rule,
        timed,
        creatives: fitting,
        startMs: lineItem.startMs ?? Number.NEGATIVE_INFINITY,
        endMs: lineItem.endMs ?? Number.POSITIVE_INFINITY,
      });
    }
  }

  #indexed(lineItem: SnapshotLineItem, creative: SnapshotCreative): IndexedCreative {
    const { id, type, width, height, asset, alt } = creative;
    return {
      creative,
      answer: JSON.stringify({ id, type, width, height, src: `${this.#publicUrl}/v1/a/${asset}`, alt }),
      fields: demandFields(lineItem.advertiserId, lineItem.campaignId, lineItem.id, id),
    };
  }
}

interface NamedZones {
  readonly site: ReadonlySet<string>;
  readonly zone: ReadonlySet<string>;
}

/** The sites and zones that rules name. */
function namedZones(rules: readonly Targeting[]): NamedZones {
  const named = { site: new Set<string>(), zone: new Set<string>() };
  for (const leaf of rules.flatMap(leavesOf)) {
    if (leaf.on !== 'site' && leaf.on !== 'zone') continue;
    for (const value of 'in' in leaf ? leaf.in : leaf.notIn) named[leaf.on].add(value);
  }
  return named;
}

/** Line items with a creative of one size, filed by where they can match. */
class SizeFile {
  readonly all: Candidate[] = [];
  readonly #unbound: Candidate[] = [];
  readonly #filed: Readonly<Record<FiledBy, Map<string, Candidate[]>>> = {
    zone: new Map(),
    site: new Map(),
    region: new Map(),
    country: new Map(),
  };

  add(candidate: Candidate): void {
    this.all.push(candidate);
    const { targeting } = candidate.lineItem;
    for (const on of targeting === null ? [] : filedBy) {
      const bound = targeting === null ? undefined : boundOf(targeting, on);
      if (bound === undefined) continue;
      for (const value of bound) {
        const there = this.#filed[on].get(value);
        if (there === undefined) this.#filed[on].set(value, [candidate]);
        else there.push(candidate);
      }
      return;
    }
    this.#unbound.push(candidate);
  }

  /** Those that may match at the place and in the zone; each once. */
  possible(where: Readonly<Record<FiledBy, string | undefined>>): Candidate[] {
    const found = filedBy.map((on) => {
      const value = where[on];
      return value === undefined ? undefined : this.#filed[on].get(value);
    });
    return [this.#unbound, ...found].flatMap((list) => list ?? []);
  }
}

function makePlan(kind: ZoneKind, facts: Facts): Plan {
  if (kind.files.length === 0) return noPlan('no_creative_fits', always);
  const { country, region } = facts.location;
  const where = { zone: kind.zone, site: kind.site, region, country };
  const possible = merged(kind.files.flatMap((file) => file.possible(where)));
  const stretch = possible.reduce(
    (common, { timed }) => (timed.length === 0 ? common : overlap(common, unchanged(timed, facts.nowMs))),
    always,
  );
  const matching = possible.flatMap((candidate) => {
    const answer = candidate.rule === undefined ? true : reduce(candidate.rule, facts);
    if (answer === false) return [];
    return [{ candidate, ask: answer === true ? undefined : answer }];
  });
  return planOf(matching, facts.nowMs, stretch);
}

/** One candidate for each line item, also where it has creatives of several of the zone's sizes. */
function merged(candidates: readonly Candidate[]): Candidate[] {
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

interface Matching {
  readonly candidate: Candidate;
  readonly ask: Matcher | undefined;
}

function planOf(matching: readonly Matching[], nowMs: number, ofRules: Stretch): Plan {
  if (matching.length === 0) return noPlan('targeting', ofRules);
  const dates = matching.flatMap(({ candidate: { startMs, endMs } }) => [startMs, endMs]);
  const stretch = overlap(ofRules, between(dates, nowMs));
  const running = matching.filter(({ candidate }) => candidate.startMs <= nowMs && nowMs < candidate.endMs);
  if (running.length === 0) return noPlan('schedule', stretch);
  const tiers = lineItemTypes
    .map((type) => running.filter(({ candidate }) => candidate.lineItem.type === type))
    .filter((ofType) => ofType.length > 0)
    .map(tierOf);
  return { tiers, noFill: undefined, stretch };
}

function tierOf(ofType: readonly Matching[]): Tier {
  const ends = new Float64Array(ofType.length);
  let sum = 0;
  ofType.forEach(({ candidate }, at) => {
    sum += candidate.lineItem.weight;
    ends[at] = sum;
  });
  return { candidates: ofType.map(({ candidate }) => candidate), ends, asks: ofType.map(({ ask }) => ask) };
}

function noPlan(noFill: NoFillReason, stretch: Stretch): Plan {
  return { tiers: [], noFill, stretch };
}
