import { isCapped } from './caps.ts';
import {
  type AdRequest,
  type Decision,
  type DecisionState,
  decide,
  type PageSoFar,
  planFor,
} from './decide.ts';
import type { IndexedCreative, InventoryIndex, ZoneIndex } from './inventory-index.ts';
import type { Candidate } from './plan.ts';

/**
 * The decisions of one page, for all the zones of a request in their order: no creative twice, no two competitors,
 * and a roadblock fills every zone that it fits or none. What is handed out has to be counted between two decisions.
 */
export class Page implements PageSoFar {
  readonly #inventory: InventoryIndex;
  readonly #zones: readonly ZoneIndex[];
  readonly #request: AdRequest;
  readonly #nowMs: number;
  readonly #random: () => number;
  readonly #stateNow: () => DecisionState;
  /** As it was before the zone that is being decided. */
  #state: DecisionState = {};
  readonly #creatives = new Set<number>();
  /** By category, the advertiser who is on the page with it. */
  readonly #categories = new Map<string, number>();
  /** Zones that a roadblock has taken, by their place in the request. */
  #taken: readonly (Decision | undefined)[] = [];
  #at = 0;

  /**
   * @param zones in the order in which `next` decides them
   * @param stateNow what is counted by now
   */
  constructor(
    inventory: InventoryIndex,
    zones: readonly ZoneIndex[],
    request: AdRequest,
    nowMs: number,
    random: () => number,
    stateNow: () => DecisionState,
  ) {
    this.#inventory = inventory;
    this.#zones = zones;
    this.#request = request;
    this.#nowMs = nowMs;
    this.#random = random;
    this.#stateNow = stateNow;
  }

  /** Decides the next zone. */
  next(): Decision {
    const at = this.#at;
    const zone = this.#zones[at];
    if (zone === undefined) throw new RangeError('every zone of the page is decided');
    this.#state = { ...this.#stateNow(), page: this };
    const decision =
      this.#taken[at] ?? decide(this.#inventory, zone, this.#request, this.#nowMs, this.#random, this.#state);
    if (decision.noFill === undefined) {
      const { lineItem } = decision.candidate;
      if (lineItem.roadblock === true && this.#taken[at] === undefined) {
        this.#taken = this.#fillings(decision.candidate, decision.creative) ?? [];
      }
      this.#creatives.add(decision.creative.creative.id);
      if (lineItem.category !== undefined) this.#categories.set(lineItem.category, lineItem.advertiserId);
    }
    this.#at++;
    return decision;
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
    return this.#fillings(candidate, undefined) !== undefined;
  }

  /**
   * The decisions with which a roadblock fills the page from the present zone on; undefined where it cannot: an
   * earlier zone that it fits shows something else, or creatives, lease or caps do not suffice.
   * @param first its creative for the present zone, where that is settled
   */
  #fillings(candidate: Candidate, first: IndexedCreative | undefined): (Decision | undefined)[] | undefined {
    const { seen, allowance } = this.#state;
    const used = new Set(this.#creatives);
    const fillings: (Decision | undefined)[] = [];
    let filled = 0;
    for (const [at, zone] of this.#zones.entries()) {
      const there = this.#candidateIn(zone, candidate);
      fillings.push(undefined);
      if (there === undefined) continue;
      if (at < this.#at || this.#taken[at] !== undefined) return undefined;
      const creative =
        (at === this.#at ? first : undefined) ??
        there.creatives.find(
          ({ creative: { id }, caps }) =>
            !used.has(id) && id !== first?.creative.id && !(seen && isCapped(caps, seen, this.#nowMs, 1)),
        );
      if (creative === undefined) return undefined;
      used.add(creative.creative.id);
      filled++;
      if (at > this.#at) fillings[at] = { noFill: undefined, candidate: there, creative };
    }
    if (seen !== undefined && isCapped(candidate.caps, seen, this.#nowMs, filled)) return undefined;
    const left = candidate.limited ? allowance?.left[candidate.slot] : undefined;
    return left !== undefined && left < filled ? undefined : fillings;
  }

  #candidateIn(zone: ZoneIndex, { slot }: Candidate): Candidate | undefined {
    for (const { candidates } of planFor(this.#inventory, zone, this.#request, this.#nowMs).ranks) {
      const found = candidates.find((candidate) => candidate.slot === slot);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
