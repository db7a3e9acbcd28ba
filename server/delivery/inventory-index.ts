import { demandFields, zoneFields } from '../../analytics/index.ts';
import type { Price } from '../inventory/delivery-terms.ts';
import { hasHandle, hasSnippetMacro, parseTemplate, type Template } from '../inventory/macros.ts';
import type {
  InventorySnapshot,
  SnapshotAdvertiser,
  SnapshotCreative,
  SnapshotLanding,
  SnapshotLineItem,
  SnapshotZone,
} from '../inventory/snapshot.ts';
import type { TimeSlices } from '../inventory/time-slices.ts';
import { creativeCaps, lineItemCaps } from './caps.ts';
import { prepareAnswer } from './creative-answer.ts';
import { IndexedCreative } from './indexed-creative.ts';
import { Candidate, keep, merged, type PlaceFile, type Plan, PlanSource, SizeFile } from './plan.ts';
import { boundOf } from './targeting/bounds.ts';
import { RequestClasses } from './targeting/classes.ts';
import type { Facts } from './targeting/facts.ts';
import { compileRule, known } from './targeting/rule.ts';
import { timeLeaves } from './targeting/time.ts';
import { TextArena } from './text-arena.ts';
import { Way } from './way.ts';

/** A creative's HTML, taken apart. */
export interface Snippet {
  readonly template: Template;
  /** Whether it may load from other hosts. */
  readonly thirdParty: boolean;
  /** Whether it has macros of what the advertiser keeps for the visitor. */
  readonly asksOwn: boolean;
}

/** A zone as decisions see it. */
export interface ZoneIndex {
  readonly zone: SnapshotZone;
  /** Log fields of site and zone, as UTF-8. */
  readonly fields: Buffer;
  /** Where its candidates are filed: those for any zone, then those for its site alone, and for itself alone. */
  readonly sources: readonly PlanSource[];
  /** By the class of the request's place. */
  readonly ways: Map<number, Way>;
}

/** A creative of the inventory, wherever it fits. */
export interface CreativeOfLineItem {
  readonly lineItem: SnapshotLineItem;
  readonly creative: IndexedCreative;
}

/** For one zone. */
const maxWays = 2000;

/**
 * A snapshot, made ready for decisions. Line items are filed by what they cannot match outside of, so that making a plan
 * looks at those candidates alone that can match. Plans are kept, so that a decision is a look-up and a draw; places
 * that no rule can tell apart share their plans, and so do zones, so that there are as many plans as there are
 * differences.
 */
export class InventoryIndex {
  readonly version: number;
  readonly madeAtMs: number;
  readonly #publicUrl: string;
  readonly #zones = new Map<number, ZoneIndex>();
  /** Domains by the sites' ids. */
  readonly #sites = new Map<number, string>();
  readonly #bySize = new Map<string, SizeFile>();
  readonly #landings = new Map<number, SnapshotLanding>();
  readonly #snippets = new Map<number, Snippet>();
  readonly #classes = new RequestClasses();
  readonly #creatives = new Map<number, CreativeOfLineItem>();
  readonly #texts = new TextArena();
  readonly #advertisers = new Map<number, SnapshotAdvertiser>();
  readonly #bySegment = new Map<string, number[]>();
  #hasCaps = false;

  /**
   * @param publicUrl where browsers reach the delivery port, without a slash at its end
   * @param filled false: the steps of `#fill` are still to be done
   */
  constructor(snapshot: InventorySnapshot, publicUrl: string, filled = true) {
    this.version = snapshot.version;
    this.madeAtMs = snapshot.madeAtMs;
    this.#publicUrl = publicUrl;
    const steps = this.#fill(snapshot);
    while (filled && steps.next().done !== true);
  }

  /** Makes the index while requests are answered in between: ten line items take about as long as one of them. */
  static async inSlices(
    snapshot: InventorySnapshot,
    publicUrl: string,
    slices: TimeSlices,
  ): Promise<InventoryIndex> {
    const index = new InventoryIndex(snapshot, publicUrl, false);
    for (const _ of index.#fill(snapshot)) if (slices.isOver) await slices.pause();
    return index;
  }

  *#fill(snapshot: InventorySnapshot): Generator<undefined, void> {
    const creatives = new Map(snapshot.creatives.map((creative) => [creative.id, creative]));
    for (const site of snapshot.sites) this.#sites.set(site.id, site.domain);
    for (const advertiser of snapshot.advertisers ?? []) this.#advertisers.set(advertiser.id, advertiser);
    for (const landing of [...snapshot.landings, ...snapshot.creatives])
      this.#landings.set(landing.id, landing);
    for (const creative of snapshot.creatives) {
      if (creative.type !== 'html') continue;
      const { html, links, thirdParty } = creative;
      const asksOwn = hasSnippetMacro(html) || hasHandle(html);
      this.#snippets.set(creative.id, { template: parseTemplate(html, links), thirdParty, asksOwn });
    }
    yield;
    for (const [slot, lineItem] of snapshot.lineItems.entries()) {
      if (lineItem.targeting !== null) this.#classes.add(lineItem.targeting);
      this.#file(lineItem, slot, creatives);
      this.#fileSegments(lineItem, slot);
      yield;
    }
    const sources = new Map<string, PlanSource>();
    for (const zone of snapshot.zones) {
      this.#zones.set(zone.id, {
        zone,
        fields: Buffer.from(zoneFields(zone.siteId, zone.id)),
        sources: this.#sourcesOf(zone, sources),
        ways: new Map(),
      });
    }
  }

  #fileSegments({ targeting }: SnapshotLineItem, slot: number): void {
    const segments = targeting === null ? undefined : boundOf(targeting, 'segment');
    for (const segment of segments ?? []) {
      const slots = this.#bySegment.get(segment);
      if (slots === undefined) this.#bySegment.set(segment, [slot]);
      else slots.push(slot);
    }
  }

  advertiser(id: number): SnapshotAdvertiser | undefined {
    return this.#advertisers.get(id);
  }

  /** Slots of the line items that only match visitors in certain segments, this one among them. */
  slotsForSegment(segment: string): readonly number[] {
    return this.#bySegment.get(segment) ?? [];
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

  /**
   * The site whose pages are on a host, or above it; of several the one with the longest domain, and of those `preferred`
   * or else the first.
   */
  siteOf(host: string, preferred: number): number | undefined {
    let found: number | undefined;
    let length = 0;
    for (const [id, domain] of this.#sites) {
      if (domain.length < length || (host !== domain && !host.endsWith(`.${domain}`))) continue;
      if (domain.length > length || id === preferred) found = id;
      length = domain.length;
    }
    return found;
  }

  /** Where clicks on the creative lead; also for creatives that no longer run but may still be on a screen. */
  landing(creativeId: number): SnapshotLanding | undefined {
    return this.#landings.get(creativeId);
  }

  /** What is paid for a creative; also for one that no longer runs but may still be on a screen. */
  price(creativeId: number): Price | undefined {
    return this.#creatives.get(creativeId)?.lineItem.price ?? this.#landings.get(creativeId)?.price;
  }

  /** The HTML of a creative of that type. */
  snippet(creativeId: number): Snippet | undefined {
    return this.#snippets.get(creativeId);
  }

  /** The way through the zone's plans for the place and time of a request. */
  way(zone: ZoneIndex, facts: Facts): Way {
    const place = this.#classes.place(facts);
    const kept = zone.ways.get(place);
    if (kept !== undefined && kept.stretch.fromMs <= facts.nowMs && facts.nowMs < kept.stretch.untilMs)
      return kept;
    const way = new Way(zone.sources.map((source) => source.plan(place, facts)));
    keep(zone.ways, place, way, maxWays);
    return way;
  }

  /** The plan of one of the zone's sources for the place and time of a request. */
  plan(source: PlanSource, facts: Facts): Plan {
    return source.plan(this.#classes.place(facts), facts);
  }

  /** The class of a request's browser and language; NaN where there are too many. */
  visitor(facts: Facts): number {
    return this.#classes.visitor(facts);
  }

  /** The part of a plan that is for visitors with the browser and language of a request. */
  narrowed(source: PlanSource, plan: Plan, facts: Facts): Plan {
    return source.narrowed(plan, this.visitor(facts), facts);
  }

  /** Every line item that has a creative for the zone, wherever and whenever it runs. */
  fitting({ zone }: ZoneIndex): readonly Candidate[] {
    return merged(this.#filesOf(zone).flatMap((file) => file.all));
  }

  #filesOf(zone: SnapshotZone): SizeFile[] {
    return zone.sizes.flatMap(([width, height]) => this.#bySize.get(`${width}x${height}`) ?? []);
  }

  #sourcesOf(zone: SnapshotZone, made: Map<string, PlanSource>): PlanSource[] {
    const files = this.#filesOf(zone);
    const sizes = zone.sizes.map(([width, height]) => `${width}x${height}`).join(' ');
    const source = (key: string, places: readonly (PlaceFile | undefined)[], settled: number) => {
      const filed = places.filter((place) => place !== undefined);
      if (filed.length === 0) return [];
      const found = made.get(`${key} ${sizes}`) ?? new PlanSource(filed, settled);
      made.set(`${key} ${sizes}`, found);
      return [found];
    };
    const [site, id] = [String(zone.siteId), String(zone.id)];
    return [
      ...source(
        'any',
        files.map((file) => file.anyZone),
        known.place,
      ),
      ...source(
        `site ${site}`,
        files.map((file) => file.bySite.get(site)),
        known.place | known.site,
      ),
      ...source(
        `zone ${id}`,
        files.map((file) => file.byZone.get(id)),
        known.place | known.site | known.zone,
      ),
    ];
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
    for (const id of lineItem.previewIds ?? []) {
      const creative = creatives.get(id);
      if (creative !== undefined)
        this.#creatives.set(id, { lineItem, creative: this.#indexed(lineItem, creative) });
    }
    const { targeting } = lineItem;
    const rule = targeting === null ? undefined : compileRule(targeting, lineItem.advertiserId);
    const timed = targeting === null ? [] : timeLeaves(targeting);
    for (const [size, fitting] of bySize) {
      let file = this.#bySize.get(size);
      if (file === undefined) {
        file = new SizeFile();
        this.#bySize.set(size, file);
      }
      file.add(new Candidate(lineItem, slot, rule, timed, fitting, caps));
    }
  }

  #indexed(lineItem: SnapshotLineItem, creative: SnapshotCreative): IndexedCreative {
    const caps = creativeCaps(creative);
    if (caps.length > 0) this.#hasCaps = true;
    const texts = this.#texts;
    const { answer, fill } = prepareAnswer(creative, this.#publicUrl);
    const fields = demandFields(lineItem.advertiserId, lineItem.campaignId, lineItem.id, creative.id);
    return new IndexedCreative(
      creative,
      lineItem,
      caps,
      texts,
      texts.add(fill === undefined ? answer : ''),
      fill,
      [creative.clickUrl, ...Object.values(creative.links ?? {})].some(hasHandle),
      texts.add(fields),
    );
  }
}
