import type { InventoryIndex, ZoneIndex } from './inventory-index.ts';
import type { Plan } from './plan.ts';
import type { Rank } from './rank.ts';
import type { Facts } from './targeting/facts.ts';

/** The way of one decision through the ranks of a zone's plans, one precedence after the other. */
export class Walk {
  readonly #inventory: InventoryIndex;
  readonly #zone: ZoneIndex;
  readonly #facts: Facts;
  readonly #wide: Plan[] = [];
  #narrow: Plan[] | undefined;
  /** By plan, the rank that comes next. */
  readonly #next: number[] = [];
  #precedence = Number.NaN;
  #ranks: readonly Rank[] = [];

  constructor(inventory: InventoryIndex, zone: ZoneIndex, facts: Facts) {
    this.#inventory = inventory;
    this.#zone = zone;
    this.#facts = facts;
    for (const source of zone.sources) {
      this.#wide.push(inventory.plan(source, facts));
      this.#next.push(0);
    }
  }

  /** The class of the request's browser and language. */
  visitor(): number {
    return this.#inventory.visitor(this.#facts);
  }

  /** The ranks of the next precedence, at most one of each plan; undefined: there are no more. */
  next(): readonly Rank[] | undefined {
    const plans = this.#narrow ?? this.#wide;
    let lowest = Number.NaN;
    for (let at = 0; at < plans.length; at++) {
      const precedence = (plans[at] as Plan).ranks[this.#next[at] as number]?.precedence;
      if (precedence !== undefined && !(precedence >= lowest)) lowest = precedence;
    }
    if (Number.isNaN(lowest)) return undefined;
    this.#precedence = lowest;
    return this.#take(plans);
  }

  /** Those of the present ranks for alike visitors alone; what comes next is then for them, too. May be none. */
  narrow(): readonly Rank[] {
    if (this.#narrow !== undefined) return this.#ranks;
    const plans = this.narrowPlans();
    for (const [at, { ranks }] of plans.entries()) {
      const next = ranks.findIndex(({ precedence }) => precedence >= this.#precedence);
      this.#next[at] = next < 0 ? ranks.length : next;
    }
    return this.#take(plans);
  }

  /** The parts of the plans that are for visitors with this browser and language. */
  narrowPlans(): readonly Plan[] {
    this.#narrow ??= this.#zone.sources.map((source, at) =>
      this.#inventory.narrowed(source, this.#wide[at] as Plan, this.#facts),
    );
    return this.#narrow;
  }

  #take(plans: readonly Plan[]): readonly Rank[] {
    const taken: Rank[] = [];
    for (let at = 0; at < plans.length; at++) {
      const next = this.#next[at] as number;
      const rank = (plans[at] as Plan).ranks[next];
      if (rank === undefined || rank.precedence !== this.#precedence) continue;
      taken.push(rank);
      this.#next[at] = next + 1;
    }
    this.#ranks = taken;
    return taken;
  }
}
