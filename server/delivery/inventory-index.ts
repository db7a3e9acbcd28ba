import { demandFields, zoneFields } from '../../analytics/index.ts';
import { parseTemplate, type Template } from '../inventory/macros.ts';
import {
  type InventorySnapshot,
  lineItemTypes,
  type SnapshotCreative,
  type SnapshotLanding,
  type SnapshotLineItem,
  type SnapshotZone,
} from '../inventory/snapshot.ts';
import { type CreativeAnswer, prepareAnswer } from './creative-answer.ts';
import type { NoFillReason } from './no-fill.ts';
import { boundOf, matches, type NamedValues, namedValues, type TargetingFacts } from './targeting-match.ts';

/** A line item with those of its creatives that have one of the sizes asked for. */
export interface Candidate {
  readonly lineItem: SnapshotLineItem;
  readonly creatives: readonly IndexedCreative[];
  readonly startMs: number;
  readonly endMs: number;
}

/** A creative, with the parts of answers and log lines that are always the same for it. */
export interface IndexedCreative extends CreativeAnswer {
  readonly creative: SnapshotCreative;
  /** Log fields from the advertiser down to the creative. */
  readonly fields: string;
}

/** A creative's HTML, taken apart. */
export interface Snippet {
  readonly template: Template;
  /** Whether it may load from other hosts. */
  readonly thirdParty: boolean;
}

/** Line items of the highest type that has any, for one kind of zone, place and stretch of time. */
export interface Plan {
  readonly candidates: readonly Candidate[];
  /** `ends[i]` is the sum of the weights of candidates 0 to i: candidate i has the half-open range up to it. */
  readonly ends: Float64Array;
  readonly noFill: NoFillReason | undefined;
  /** The plan holds from one start or end of a line item, inclusive, to the next: clocks are also put back. */
  readonly fromMs: number;
  readonly untilMs: number;
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
  readonly facts: Pick<TargetingFacts, 'site' | 'zone'>;
  /** By country and then region, as far as rules name them; '' for every other. */
  readonly plans: Map<string, Map<string, Plan>>;
}

/**
 * A snapshot, made ready for decisions. Line items are filed by the countries and regions outside of which they cannot
 * match, so that making a plan looks at the candidates of one place alone. Plans are kept, so that a decision is a
 * look-up and a draw; a country, region, site or zone that no rule names is like every other such one, so that there
 * are as many plans as there are differences.
 */
export class InventoryIndex {
  readonly version: number;
  readonly madeAtMs: number;
  readonly #publicUrl: string;
  readonly #zones = new Map<number, ZoneIndex>();
  readonly #sites = new Set<number>();
  readonly #bySize = new Map<string, SizeFile>();
  readonly #landings = new Map<number, SnapshotLanding>();
  readonly #snippets = new Map<number, Snippet>();
  readonly #named: NamedValues;

  /** @param publicUrl where browsers reach the delivery port, without a slash at its end */
  constructor(snapshot: InventorySnapshot, publicUrl: string) {
    this.version = snapshot.version;
    this.madeAtMs = snapshot.madeAtMs;
    this.#publicUrl = publicUrl;
    this.#named = namedValues(snapshot.lineItems.flatMap(({ targeting }) => targeting ?? []));
    const creatives = new Map(snapshot.creatives.map((creative) => [creative.id, creative]));
    for (const site of snapshot.sites) this.#sites.add(site.id);
    for (const landing of [...snapshot.landings, ...snapshot.creatives])
      this.#landings.set(landing.id, landing);
    for (const creative of snapshot.creatives) {
      if (creative.type !== 'html') continue;
      const { html, links, thirdParty } = creative;
      this.#snippets.set(creative.id, { template: parseTemplate(html, links), thirdParty });
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

  /** Where clicks on the creative lead; also for creatives that no longer run but may still be on a screen. */
  landing(creativeId: number): SnapshotLanding | undefined {
    return this.#landings.get(creativeId);
  }

  /** The HTML of a creative of that type. */
  snippet(creativeId: number): Snippet | undefined {
    return this.#snippets.get(creativeId);
  }

  plan({ kind }: ZoneIndex, country: string | undefined, region: string | undefined, nowMs: number): Plan {
    const namedRegion = region !== undefined && this.#named.region.has(region) ? region : undefined;
    const namedCountry = country !== undefined && this.#named.country.has(country) ? country : undefined;
    let ofCountry = kind.plans.get(namedCountry ?? '');
    const known = ofCountry?.get(namedRegion ?? '');
    if (known !== undefined && nowMs >= known.fromMs && nowMs < known.untilMs) return known;
    const plan = makePlan(kind, namedCountry, namedRegion, nowMs);
    if (ofCountry === undefined) {
      ofCountry = new Map();
      kind.plans.set(namedCountry ?? '', ofCountry);
    }
    ofCountry.set(namedRegion ?? '', plan);
    return plan;
  }

  /** Every line item that has a creative for the zone, wherever and whenever it runs. */
  fitting({ kind }: ZoneIndex): readonly Candidate[] {
    return merged(kind.files.flatMap((file) => file.all));
  }

  #kindOf(zone: SnapshotZone, kinds: Map<string, ZoneKind>): ZoneKind {
    const site = String(zone.siteId);
    const id = String(zone.id);
    const facts = {
      site: this.#named.site.has(site) ? site : '',
      zone: this.#named.zone.has(id) ? id : '',
    };
    const sizes = zone.sizes.map(([width, height]) => `${width}x${height}`);
    const key = `${facts.site} ${facts.zone} ${sizes.join(' ')}`;
    let kind = kinds.get(key);
    if (kind === undefined) {
      kind = { files: sizes.flatMap((size) => this.#bySize.get(size) ?? []), facts, plans: new Map() };
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
    for (const [size, fitting] of bySize) {
      let file = this.#bySize.get(size);
      if (file === undefined) {
        file = new SizeFile();
        this.#bySize.set(size, file);
      }
      file.add({
        lineItem,
        creatives: fitting,
        startMs: lineItem.startMs ?? Number.NEGATIVE_INFINITY,
        endMs: lineItem.endMs ?? Number.POSITIVE_INFINITY,
      });
    }
  }

  #indexed(lineItem: SnapshotLineItem, creative: SnapshotCreative): IndexedCreative {
    return {
      creative,
      ...prepareAnswer(creative, this.#publicUrl),
      fields: demandFields(lineItem.advertiserId, lineItem.campaignId, lineItem.id, creative.id),
    };
  }
}

/** Line items with a creative of one size, filed by where they can match. */
class SizeFile {
  readonly all: Candidate[] = [];
  readonly #anywhere: Candidate[] = [];
  readonly #byPlace = new Map<string, Candidate[]>();

  add(candidate: Candidate): void {
    this.all.push(candidate);
    const { targeting } = candidate.lineItem;
    const bound =
      targeting === null ? undefined : (boundOf(targeting, 'region') ?? boundOf(targeting, 'country'));
    if (bound === undefined) {
      this.#anywhere.push(candidate);
      return;
    }
    for (const place of bound) {
      const there = this.#byPlace.get(place);
      if (there === undefined) this.#byPlace.set(place, [candidate]);
      else there.push(candidate);
    }
  }

  possible(country: string | undefined, region: string | undefined): Candidate[] {
    const ofCountry = country === undefined ? undefined : this.#byPlace.get(country);
    const ofRegion = region === undefined ? undefined : this.#byPlace.get(region);
    return [...this.#anywhere, ...(ofCountry ?? []), ...(ofRegion ?? [])];
  }
}

function makePlan(
  kind: ZoneKind,
  country: string | undefined,
  region: string | undefined,
  nowMs: number,
): Plan {
  if (kind.files.length === 0) return noPlan('no_creative_fits');
  const facts: TargetingFacts = { country, region, ...kind.facts };
  const matching = kind.files
    .flatMap((file) => file.possible(country, region))
    .filter(({ lineItem }) => lineItem.targeting === null || matches(lineItem.targeting, facts));
  return planOf(merged(matching), nowMs);
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

function planOf(matching: readonly Candidate[], nowMs: number): Plan {
  if (matching.length === 0) return noPlan('targeting');
  let fromMs = Number.NEGATIVE_INFINITY;
  let untilMs = Number.POSITIVE_INFINITY;
  for (const changeMs of matching.flatMap(({ startMs, endMs }) => [startMs, endMs])) {
    if (changeMs > nowMs) untilMs = Math.min(untilMs, changeMs);
    else fromMs = Math.max(fromMs, changeMs);
  }
  const running = matching.filter(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs);
  if (running.length === 0) return noPlan('schedule', fromMs, untilMs);
  const first = running.reduce<number>(
    (best, { lineItem }) => Math.min(best, lineItemTypes.indexOf(lineItem.type)),
    lineItemTypes.length,
  );
  const candidates = running.filter(({ lineItem }) => lineItem.type === lineItemTypes[first]);
  const ends = new Float64Array(candidates.length);
  let sum = 0;
  candidates.forEach(({ lineItem }, at) => {
    sum += lineItem.weight;
    ends[at] = sum;
  });
  return { candidates, ends, noFill: undefined, fromMs, untilMs };
}

function noPlan(
  noFill: NoFillReason,
  fromMs = Number.NEGATIVE_INFINITY,
  untilMs = Number.POSITIVE_INFINITY,
): Plan {
  return { candidates: [], ends: new Float64Array(0), noFill, fromMs, untilMs };
}
