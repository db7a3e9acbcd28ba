import type { Plan } from './plan.ts';
import type { Rank } from './rank.ts';
import { always, overlap, type Stretch } from './targeting/time.ts';

/** Ranks of one precedence, at most one of each plan: their candidates compete with each other. */
export class Step {
  readonly ranks: readonly Rank[];
  readonly precedence: number;
  /** Of an empty step it means nothing. */
  readonly order: Rank['order'];
  /** See `Rank`; over all of them. */
  readonly total: number;
  readonly sure: number;
  readonly asking: boolean;
  /** Nothing has to be looked at: on a page of one zone a draw is all there is to do. */
  readonly free: boolean;

  constructor(ranks: readonly Rank[], precedence: number) {
    this.ranks = ranks;
    this.precedence = precedence;
    this.order = ranks[0]?.order ?? 'weight';
    this.total = ranks.reduce((sum, { total }) => sum + total, 0);
    this.sure = ranks.reduce((sum, { sure }) => sum + sure, 0);
    this.asking = ranks.some(({ asking }) => asking);
    this.free = ranks.every(({ free, asking }) => free && !asking);
  }
}

/** The ranks of several plans, one precedence after the other. Steps are made when somebody gets there, once. */
export class Way {
  readonly plans: readonly Plan[];
  /** In which all plans hold. */
  readonly stretch: Stretch;
  readonly #steps: Step[] = [];
  /** By plan, the rank that comes next. */
  readonly #next: number[];

  constructor(plans: readonly Plan[]) {
    this.plans = plans;
    this.stretch = plans.reduce((held, { stretch }) => overlap(held, stretch), always);
    this.#next = plans.map(() => 0);
  }

  /** The step with this number from 0 on; undefined: there are no more. */
  step(number: number): Step | undefined {
    const steps = this.#steps;
    while (steps.length <= number) {
      const step = this.#make();
      if (step === undefined) return undefined;
      steps.push(step);
    }
    return steps[number];
  }

  #make(): Step | undefined {
    const waiting = this.plans.map(({ ranks }, at) => ranks[this.#next[at] as number]);
    const first = Math.min(...waiting.map((rank) => rank?.precedence ?? Number.POSITIVE_INFINITY));
    const ranks: Rank[] = [];
    for (const [at, rank] of waiting.entries()) {
      if (rank?.precedence !== first) continue;
      ranks.push(rank);
      this.#next[at] = (this.#next[at] as number) + 1;
    }
    return ranks.length === 0 ? undefined : new Step(ranks, first);
  }
}
