import { isCapped } from './caps.ts';
import { candidateIn, type Decision } from './decide.ts';
import { distinctCreatives } from './distinct-creatives.ts';
import type { DecisionState, PageSoFar } from './eligible.ts';
import type { IndexedCreative } from './indexed-creative.ts';
import { decideByInterest } from './interest-choice.ts';
import type { InventoryIndex, ZoneIndex } from './inventory-index.ts';
import type { Candidate } from './plan.ts';
import type { Facts } from './targeting/facts.ts';

/** A zone of the page, and what its targeting looks at. */
export interface PagePlace {
  readonly zone: ZoneIndex;
  readonly facts: Facts;
}

/**
 * The decisions of one page, for all the zones of a request in their order: no creative twice, no two competitors,
 * and a roadblock fills every zone that it fits or none. What is handed out has to be counted between two decisions.
 */
export class Page implements PageSoFar {
  readonly #inventory: InventoryIndex;
  readonly #places: readonly PagePlace[];
  readonly #random: () => number;
  readonly #stateNow: () => DecisionState;
  /** As it was before the zone that is being decided. */
  #state: DecisionState = {};
  readonly #creatives = new Set<number>();
  /** By category, the advertiser who is on the page with it. */
  readonly #categories = new Map<string, number>();
  /** Zones that a roadblock has taken, by their place in the request. */
  readonly #taken: (Decision | undefined)[] = [];
  #at = 0;

  /**
   * @param places in the order in which `next` decides them
   * @param stateNow what is counted by now
   */
  constructor(
    inventory: InventoryIndex,
    places: readonly PagePlace[],
    random: () => number,
    stateNow: () => DecisionState,
  ) {
    this.#inventory = inventory;
    this.#places = places;
    this.#random = random;
    this.#stateNow = stateNow;
  }

  /** Decides the next zone. */
  next(): Decision {
    const at = this.#at;
    const place = this.#places[at];
    if (place === undefined) throw new RangeError('every zone of the page is decided');
    this.#state = { ...this.#stateNow(), page: this };
    const decision = this.#taken[at] ?? this.#decide(place);
    if (decision.noFill === undefined) {
      const { lineItem } = decision.candidate;
      this.#creatives.add(decision.creative.creative.id);
      if (lineItem.category !== undefined) this.#categories.set(lineItem.category, lineItem.advertiserId);
    }
    this.#at++;
    return decision;
  }

  /** A roadblock's creatives are chosen for all its zones together. */
  #decide({ zone, facts }: PagePlace): Decision {
    const decision = decideByInterest(this.#inventory, zone, facts, this.#random, this.#state);
    if (decision.noFill !== undefined || decision.candidate.lineItem.roadblock !== true) return decision;
    for (const [at, filling] of this.#fillings(decision.candidate) ?? []) this.#taken[at] = filling;
    return this.#taken[this.#at] ?? decision;
  }

  hasCreative(id: number): boolean {
    return this.#creatives.has(id);
  }

  hasCompetitor({ lineItem: { category, advertiserId } }: Candidate): boolean {
    if (category === undefined) return false;
    const advertiser = this.#categories.get(category);
    return advertiser !== undefined && advertiser !== advertiserId;
  }

  canFill(candidate: Candidate): boolean {
    return this.#fillings(candidate) !== undefined;
  }

  /**
   * The decisions with which a roadblock fills the page from the present zone on, by the zones' places; undefined
   * where it cannot: an earlier zone that it fits shows something else, or creatives, lease or caps do not suffice.
   */
  #fillings(candidate: Candidate): ReadonlyMap<number, Decision> | undefined {
    const { seen, allowance, hidden } = this.#state;
    const nowMs = this.#places[this.#at]?.facts.nowMs ?? 0;
    const places: { at: number; there: Candidate }[] = [];
    for (const [at, { zone, facts }] of this.#places.entries()) {
      const there = candidateIn(this.#inventory, zone, facts, candidate.slot);
      if (there === undefined) continue;
      if (at < this.#at || this.#taken[at] !== undefined) return undefined;
      places.push({ at, there });
    }
    const usable = ({ creative: { id }, caps }: IndexedCreative) =>
      !this.#creatives.has(id) &&
      hidden?.has(id) !== true &&
      !(seen !== undefined && isCapped(caps, seen, nowMs, 1));
    const creatives = distinctCreatives(places.map(({ there }) => there.creatives.filter(usable)));
    if (creatives === undefined) return undefined;
    if (seen !== undefined && isCapped(candidate.caps, seen, nowMs, places.length)) return undefined;
    const left = candidate.limited ? allowance?.left[candidate.slot] : undefined;
    if (left !== undefined && left < places.length) return undefined;
    return new Map(
      places.flatMap(({ at, there }, position) => {
        const creative = creatives[position];
        return creative === undefined
          ? []
          : [[at, { noFill: undefined, candidate: there, creative }] as const];
      }),
    );
  }
}
