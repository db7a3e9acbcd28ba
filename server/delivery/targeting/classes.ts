import {
  leavesOf,
  type Targeting,
  type TargetingDimension,
  type TargetingLeaf,
} from '../../inventory/targeting.ts';
import { type Facts, valuesOf } from './facts.ts';
import { compileLeaf, groupOf, type LeafGroup, type Matcher } from './leaf.ts';

/**
 * Numbers for what no rule can tell apart. Two places, browsers or languages have the same number exactly where every
 * leaf of every rule answers the same for both: a value that no rule names is like every other such one.
 */
export class RequestClasses {
  readonly #location: Signature;
  readonly #browser: Signature;
  readonly #language: Signature;
  /** By the serial of the location, of the browser. */
  #ofLocation: number[] = [];
  #ofBrowser: number[] = [];
  readonly #ofLanguage = new Map<string, number>();

  constructor(rules: readonly Targeting[]) {
    const leaves = rules.flatMap(leavesOf);
    const visitorClock = leaves.some((leaf) => leaf.on === 'schedule' && leaf.clock === 'visitor');
    this.#location = new Signature(
      leaves,
      'location',
      visitorClock ? ({ location }) => location.timeZone ?? '' : undefined,
    );
    this.#browser = new Signature(leaves, 'browser');
    this.#language = new Signature(leaves, 'language');
  }

  /**
   * One number for place, browser and language together, below 2^53; NaN where there are more classes than numbers, and
   * what is made for this request must not be kept for another.
   */
  of(facts: Facts): number {
    const { location, browser, language } = facts;
    let place = this.#ofLocation[location.serial];
    if (place === undefined) {
      place = this.#location.number(facts);
      this.#ofLocation[location.serial] = place;
    }
    let agent = this.#ofBrowser[browser.serial];
    if (agent === undefined) {
      agent = this.#browser.number(facts);
      this.#ofBrowser[browser.serial] = agent;
    }
    let tongue = this.#ofLanguage.get(language);
    if (tongue === undefined) {
      if (this.#ofLanguage.size >= maxLanguages) this.#ofLanguage.clear();
      tongue = this.#language.number(facts);
      this.#ofLanguage.set(language, tongue);
    }
    return (place * maxClasses + agent) * maxClasses + tongue;
  }
}

const maxLanguages = 10_000;
/** Of places, of browsers and of languages, each: three of them fit into 53 bits with room. */
const maxClasses = 65_536;

/** What all leaves of one group say of a request, as a text, and that text as a number. */
class Signature {
  readonly #lists: { readonly on: TargetingDimension; readonly named: ReadonlySet<string> }[];
  readonly #others: readonly Matcher[];
  readonly #extra: ((facts: Facts) => string) | undefined;
  readonly #numbers = new Map<string, number>();

  constructor(leaves: readonly TargetingLeaf[], group: LeafGroup, extra?: (facts: Facts) => string) {
    const named = new Map<TargetingDimension, Set<string>>();
    const others = new Map<string, Matcher>();
    for (const leaf of leaves) {
      if (groupOf(leaf) !== group) continue;
      if (('in' in leaf || 'notIn' in leaf) && leaf.on !== 'keyValue') {
        const values = named.get(leaf.on) ?? new Set();
        for (const value of 'in' in leaf ? leaf.in : leaf.notIn) values.add(value);
        named.set(leaf.on, values);
      } else {
        others.set(JSON.stringify(leaf), compileLeaf(leaf));
      }
    }
    this.#lists = [...named].map(([on, values]) => ({ on, named: values }));
    this.#others = [...others.values()];
    this.#extra = extra;
  }

  number(facts: Facts): number {
    const lists = this.#lists.map(({ on, named }) =>
      valuesOf(on, facts)
        .filter((value) => named.has(value))
        .join('\u0001'),
    );
    const others = this.#others.map((matches) => (matches(facts) ? '1' : '0')).join('');
    const text = `${lists.join('\u0000')}\u0000${others}\u0000${this.#extra?.(facts) ?? ''}`;
    let number = this.#numbers.get(text);
    if (number === undefined) {
      if (this.#numbers.size >= maxClasses) return Number.NaN;
      number = this.#numbers.size;
      this.#numbers.set(text, number);
    }
    return number;
  }
}
