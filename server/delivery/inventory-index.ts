import { demandFields, zoneFields } from '../../analytics/index.ts';
import type {
  InventorySnapshot,
  SnapshotCreative,
  SnapshotLineItem,
  SnapshotZone,
} from '../inventory/snapshot.ts';
import { type CapRule, creativeCaps, lineItemCaps } from './caps.ts';
import { type Candidate, noPlan, type Plan, planOf } from './plan.ts';
import { boundOf, matches, type NamedValues, namedValues, type TargetingFacts } from './targeting-match.ts';

/** A creative, with the parts of answers and log lines that are always the same for it. */
export interface IndexedCreative {
  readonly creative: SnapshotCreative;
  /** The answer's `creative`, as JSON. */
  readonly answer: string;
  /** Log fields from the advertiser down to the creative. */
  readonly fields: string;
  readonly caps: readonly CapRule[];
}

/** A zone as decisions see it. */
export interface ZoneIndex {
  readonly zone: SnapshotZone;
  /** Log fields of site and zone. */
  readonly fields: string;
  readonly kind: ZoneKind;
}

/** A creative of the inventory, wherever it fits. */
export interface CreativeOfLineItem {
  readonly lineItem: SnapshotLineItem;
  readonly creative: IndexedCreative;
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
  readonly #clickUrls = new Map<number, string>();
  readonly #named: NamedValues;
  readonly #creatives = new Map<number, CreativeOfLineItem>();
  #hasCaps = false;

  /** @param publicUrl where browsers reach the delivery port, without a slash at its end */
  constructor(snapshot: InventorySnapshot, publicUrl: string) {
    this.version = snapshot.version;
    this.madeAtMs = snapshot.madeAtMs;
    this.#publicUrl = publicUrl;
    this.#named = namedValues(snapshot.lineItems.flatMap(({ targeting }) => targeting ?? []));
    const creatives = new Map(snapshot.creatives.map((creative) => [creative.id, creative]));
    for (const site of snapshot.sites) this.#sites.add(site.id);
    for (const { id, clickUrl } of [...snapshot.landings, ...snapshot.creatives]) {
      // Percent-encoded and in ASCII, as a Location header has to be.
      if (URL.canParse(clickUrl)) this.#clickUrls.set(id, new URL(clickUrl).href);
    }
    snapshot.lineItems.forEach((lineItem, slot) => {
      this.#file(lineItem, slot, creatives);
    });
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

  creative(id: number): CreativeOfLineItem | undefined {
    return this.#creatives.get(id);
  }

  /** Whether anything in it is capped. */
  get hasCaps(): boolean {
    return this.#hasCaps;
  }

  hasSite(id: number): boolean {
    return this.#sites.has(id);
  }

  /** Where a click on the creative leads; also for creatives that no longer run but may still be on a screen. */
  clickUrl(creativeId: number): string | undefined {
    return this.#clickUrls.get(creativeId);
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

  #file(lineItem: SnapshotLineItem, slot: number, creatives: ReadonlyMap<number, SnapshotCreative>): void {
    const caps = lineItemCaps(lineItem);
    if (caps.length > 0) this.#hasCaps = true;
    const bySize = new Map<string, IndexedCreative[]>();
    for (const id of lineItem.creativeIds) {
      const creative = creatives.get(id);
      if (creative === undefined) continue;
      const size = `${creative.width}x${creative.height}`;
      const same = bySize.get(size);
      const indexed = this.#indexed(lineItem, creative);
      this.#creatives.set(id, { lineItem, creative: indexed });
      if (same === undefined) bySize.set(size, [indexed]);
      else same.push(indexed);
    }
    for (const [size, fitting] of bySize) {
      let file = this.#bySize.get(size);
      if (file === undefined) {
        file = new SizeFile();
        this.#bySize.set(size, file);
      }
      file.add({
        lineItem,
        slot,
        creatives: fitting,
        startMs: lineItem.startMs ?? Number.NEGATIVE_INFINITY,
        endMs: lineItem.endMs ?? Number.POSITIVE_INFINITY,
        caps,
        limited: lineItem.goal !== undefined || lineItem.budget !== undefined,
      });
    }
  }

  #indexed(lineItem: SnapshotLineItem, creative: SnapshotCreative): IndexedCreative {
    const { id, type, width, height, asset, alt } = creative;
    const caps = creativeCaps(creative);
    if (caps.length > 0) this.#hasCaps = true;
    return {
      caps,
      creative,
      answer: JSON.stringify({ id, type, width, height, src: `${this.#publicUrl}/v1/a/${asset}`, alt }),
      fields: demandFields(lineItem.advertiserId, lineItem.campaignId, lineItem.id, id),
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
