import type { Facts } from './targeting/facts.ts';
import { known, matchesRule, needsOf, type Rule } from './targeting/rule.ts';

const maxClasses = 500;
/** `open`: depends on more than the visitor. */
const [unknown, yes, no, open] = [0, 1, 2, 3] as const;

/**
 * What candidates still ask of a request, where a search asks the same ones again and again. What looks at browser and
 * language alone is answered once for all visitors of a class.
 */
export class VisitorAnswers {
  readonly #asks: readonly (Rule | undefined)[];
  readonly #byClass = new Map<number, Uint8Array>();

  constructor(asks: readonly (Rule | undefined)[]) {
    this.#asks = asks;
  }

  /** The answers for a class of visitors, to be given to `matches`. NaN: no class; nothing is kept. */
  of(visitor: number): Uint8Array {
    const kept = this.#byClass.get(visitor);
    if (kept !== undefined) return kept;
    const answers = new Uint8Array(this.#asks.length);
    if (!Number.isNaN(visitor)) {
      if (this.#byClass.size >= maxClasses) this.#byClass.clear();
      this.#byClass.set(visitor, answers);
    }
    return answers;
  }

  /** Whether the request is what the candidate asks for. */
  matches(answers: Uint8Array, at: number, facts: Facts): boolean {
    const answer = answers[at];
    if (answer === yes || answer === no) return answer === yes;
    const ask = this.#asks[at];
    const matching = ask === undefined || matchesRule(ask, facts);
    if (answer === unknown) {
      const settled = ask === undefined || needsOf(ask) === known.visitor;
      answers[at] = settled ? (matching ? yes : no) : open;
    }
    return matching;
  }
}
