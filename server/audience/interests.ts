import type { KeyValues } from '../delivery/targeting/facts.ts';
import { pagePattern } from '../delivery/targeting/page-pattern.ts';
import type { SnapshotCategory, SnapshotSegment } from '../inventory/snapshot.ts';
import type { CookieKeys } from './cookie-keys.ts';

const minuteMs = 60_000;
const version = 1;
/** Version (1 byte), time in minutes since 1970 (4), and for each category its id (4) and its weight (2). */
const headBytes = 5;
const entryBytes = 6;
/** So many fit into 500 bytes with the cookie's name. */
export const maxInterests = 40;
const weightUnit = 256;
const maxWeight = 65_535 / weightUnit;
/** An interest that has come down to this is forgotten. */
const leastWeight = 0.05;

/**
 * What a visitor is interested in: for each category of pages how often one was visited, where a visit counts half
 * after each half-life. Lives in the visitor's own cookie, encrypted; no server keeps it.
 */
export class Interests {
  readonly #halfLifeMs: number;
  /** By category id, as of `#atMs`. */
  readonly #weights: Map<number, number>;
  #atMs: number;

  constructor(halfLifeMs: number, weights: Map<number, number> = new Map(), atMs = 0) {
    this.#halfLifeMs = halfLifeMs;
    this.#weights = weights;
    this.#atMs = atMs;
  }

  /** Undefined where the text was altered, or its key is gone. */
  static open(text: string, keys: CookieKeys, halfLifeMs: number): Interests | undefined {
    const bytes = keys.open(text, 'interests');
    if (bytes === undefined || bytes[0] !== version) return undefined;
    const weights = new Map<number, number>();
    for (let at = headBytes; at + entryBytes <= bytes.length; at += entryBytes) {
      weights.set(bytes.readUInt32BE(at), bytes.readUInt16BE(at + 4) / weightUnit);
    }
    return new Interests(halfLifeMs, weights, bytes.readUInt32BE(1) * minuteMs);
  }

  /** Encrypted, for the cookie. */
  seal(keys: CookieKeys, nowMs: number): string {
    this.#settle(nowMs);
    const strongest = [...this.#weights].sort((a, b) => b[1] - a[1]).slice(0, maxInterests);
    const bytes = Buffer.alloc(headBytes + strongest.length * entryBytes);
    bytes[0] = version;
    bytes.writeUInt32BE(Math.floor(nowMs / minuteMs), 1);
    strongest.forEach(([id, weight], index) => {
      bytes.writeUInt32BE(id, headBytes + index * entryBytes);
      bytes.writeUInt16BE(
        Math.round(Math.min(weight, maxWeight) * weightUnit),
        headBytes + index * entryBytes + 4,
      );
    });
    return keys.seal(bytes, nowMs, 'interests');
  }

  /** 0 where there is none. */
  weight(category: number, nowMs: number): number {
    const weight = this.#weights.get(category) ?? 0;
    return weight === 0 ? 0 : weight * this.#decay(nowMs);
  }

  /** Puts weights as of now into `into`, at the places that `placeOf` has for their categories. */
  putWeights(into: Float64Array, placeOf: ReadonlyMap<number, number>, nowMs: number): void {
    const decay = this.#decay(nowMs);
    for (const [category, weight] of this.#weights) {
      const place = placeOf.get(category);
      if (place !== undefined) into[place] = weight * decay;
    }
  }

  get isEmpty(): boolean {
    return this.#weights.size === 0;
  }

  /** Ids of the categories, the strongest first. */
  categories(): readonly number[] {
    return [...this.#weights].sort((a, b) => b[1] - a[1]).map(([id]) => id);
  }

  /** Counts a visit. */
  visit(categories: readonly number[], nowMs: number): void {
    this.#settle(nowMs);
    for (const id of categories) {
      this.#weights.set(id, Math.min(maxWeight, (this.#weights.get(id) ?? 0) + 1));
    }
  }

  remove(category: number): void {
    this.#weights.delete(category);
  }

  #decay(nowMs: number): number {
    return 2 ** (Math.min(0, this.#atMs - nowMs) / this.#halfLifeMs);
  }

  /** Brings the weights up to now. */
  #settle(nowMs: number): void {
    const decay = this.#decay(nowMs);
    for (const [id, weight] of this.#weights) {
      if (weight * decay < leastWeight) this.#weights.delete(id);
      else this.#weights.set(id, weight * decay);
    }
    this.#atMs = nowMs;
  }
}

/** A page, as far as categories look at it. */
export interface CategorisedPage {
  readonly site: number;
  /** Without query string. */
  readonly page: string;
  readonly keyValues: KeyValues;
  /** Names of categories that the page itself gives. */
  readonly given: readonly string[];
}

interface ReadyCategory {
  readonly category: SnapshotCategory;
  readonly pages: readonly ((page: string) => boolean)[];
}

/** A segment with the places of its categories among all; -1: there is no such category. */
interface ReadySegment {
  readonly name: string;
  readonly places: readonly number[];
  readonly isAll: boolean;
  readonly atLeast: number;
}

/** The categories and segments of a snapshot, ready for requests. */
export class InterestModel {
  readonly #categories: readonly ReadyCategory[];
  readonly #byId: ReadonlyMap<number, SnapshotCategory>;
  readonly #segments: readonly SnapshotSegment[];
  readonly #idsByName: ReadonlyMap<string, number>;
  readonly #ready: readonly ReadySegment[];
  /** Places of categories by their ids, and the weights at these for the visitor that is being looked at. */
  readonly #places: ReadonlyMap<number, number>;
  readonly #weights: Float64Array;

  constructor(categories: readonly SnapshotCategory[], segments: readonly SnapshotSegment[]) {
    this.#categories = categories.map((category) => ({ category, pages: category.pages.map(pagePattern) }));
    this.#byId = new Map(categories.map((category) => [category.id, category]));
    this.#idsByName = new Map(categories.map(({ name, id }) => [name, id]));
    this.#segments = segments;
    this.#places = new Map(categories.map(({ id }, place) => [id, place]));
    this.#weights = new Float64Array(categories.length);
    this.#ready = segments.map(({ name, categories: names, match, atLeast }) => ({
      ...{ name, atLeast, isAll: match === 'all' },
      places: names.map((category) => this.#places.get(this.#idsByName.get(category) ?? -1) ?? -1),
    }));
  }

  get hasSegments(): boolean {
    return this.#ready.length > 0;
  }

  category(id: number): SnapshotCategory | undefined {
    return this.#byId.get(id);
  }

  /** A category's title for visitors; its name where there is none in the language. */
  title(name: string, language: string): string {
    const id = this.#idsByName.get(name);
    return (id === undefined ? undefined : this.#byId.get(id)?.titles[language]) ?? name;
  }

  segment(name: string): SnapshotSegment | undefined {
    return this.#segments.find((segment) => segment.name === name);
  }

  /** Ids of the categories that a page is of. */
  categoriesOf({ site, page, keyValues, given }: CategorisedPage): readonly number[] {
    const found: number[] = [];
    for (const { category, pages } of this.#categories) {
      if (category.siteId !== null && category.siteId !== site) continue;
      const isOne =
        given.includes(category.name) ||
        (page !== '' && pages.some((matches) => matches(page))) ||
        category.keyValues.some(
          ({ key, in: values }) => keyValues[key]?.some((value) => values.includes(value)) === true,
        );
      if (isOne) found.push(category.id);
    }
    return found;
  }

  /** Names of the segments that somebody with these interests is in now. */
  segmentsOf(interests: Interests, nowMs: number): readonly string[] {
    this.#weights.fill(0);
    interests.putWeights(this.#weights, this.#places, nowMs);
    const names: string[] = [];
    for (const segment of this.#ready) if (this.#isIn(segment)) names.push(segment.name);
    return names;
  }

  /** Plain code: it runs for every segment and each request with interests. */
  #isIn({ places, isAll, atLeast }: ReadySegment): boolean {
    for (const place of places) {
      const isStrong = place >= 0 && (this.#weights[place] as number) >= atLeast;
      if (isStrong !== isAll) return isStrong;
    }
    return isAll;
  }

  /** Segments that need the category. */
  segmentsWith(category: string): readonly string[] {
    return this.#segments.filter(({ categories }) => categories.includes(category)).map(({ name }) => name);
  }
}
