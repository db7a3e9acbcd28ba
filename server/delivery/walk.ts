import type { InventoryIndex, ZoneIndex } from './inventory-index.ts';
import type { Plan } from './plan.ts';
import type { Facts } from './targeting/facts.ts';
import { Step, Way } from './way.ts';

/** One decision's walk along a zone's way. */
export class Walk {
  readonly #inventory: InventoryIndex;
  readonly #zone: ZoneIndex;
  readonly #facts: Facts;
  readonly #wide: Way;
  #narrow: Way | undefined;
  /** The step that comes next. */
  #next = 0;
  #step: Step | undefined;

  constructor(inventory: InventoryIndex, zone: ZoneIndex, facts: Facts) {
    this.#inventory = inventory;
    this.#zone = zone;
    this.#facts = facts;
    this.#wide = inventory.way(zone, facts);
  }

  /** The class of the request's browser and language. */
  visitor(): number {
    return this.#inventory.visitor(this.#facts);
  }

  /** Undefined: there are no more. */
  next(): Step | undefined {
    this.#step = (this.#narrow ?? this.#wide).step(this.#next);
    this.#next++;
    return this.#step;
  }

  /** The present step for alike visitors alone; what comes next is then for them, too. May have nobody. */
  narrow(): Step {
    const present = this.#step as Step;
    if (this.#narrow !== undefined) return present;
    this.#narrow = new Way(this.narrowPlans());
    this.#next = 0;
    while ((this.#narrow.step(this.#next)?.precedence ?? Number.POSITIVE_INFINITY) < present.precedence)
      this.#next++;
    const step = this.#narrow.step(this.#next);
    if (step?.precedence !== present.precedence) return new Step([], present.precedence);
    this.#next++;
    this.#step = step;
    return step;
  }

  /** The parts of the plans that are for visitors with this browser and language. */
  narrowPlans(): readonly Plan[] {
    if (this.#narrow !== undefined) return this.#narrow.plans;
    return this.#zone.sources.map((source, at) =>
      this.#inventory.narrowed(source, this.#wide.plans[at] as Plan, this.#facts),
    );
  }
}
