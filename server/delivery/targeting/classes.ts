import {
  leavesOf,
  type Targeting,
  type TargetingDimension,
  type TargetingLeaf,
} from '../../inventory/targeting.ts';
import { type Facts, valuesOf } from './facts.ts';
import { compileLeaf, groupOf, type LeafGroup, type Matcher } from './leaf.ts';

/**
 * Numbers for what no rule can tell apart. Two places have the same number exactly where every leaf about places answers
 * the same for both, and so do two visitors' browsers and languages: a value that no rule names is like every other such
 * one. NaN where there are more classes than numbers: what is made for this one must not be kept for another.
 */
export class RequestClasses {
  readonly #place: Signature;
  readonly #browser: Signature;
  readonly #language: Signature;
  /** By the serial of the location, of the browser. */
  readonly #ofLocation: number[] = [];
  readonly #ofBrowser: number[] = [];
  readonly #ofLanguage = new Map<string, number>();

  constructor(rules: readonly Targeting[]) {
    const leaves = rules.flatMap(leavesOf);
    const visitorClock = leaves.some((leaf) => leaf.on === 'schedule' && leaf.clock === 'visitor');
    const timeZone = visitorClock ? ({ location }: Facts) => location.timeZone ?? '' : undefined;
    this.#place = new Signature(leaves, 'location', timeZone);
    this.#browser = new Signature(leaves, 'browser');
    this.#language = new Signature(leaves, 'language');
  }

  place(facts: Facts): number {
    const { serial } = facts.location;
    let place = this.#ofLocation[serial];
    if (place === undefined) {
      place = this.#place.number(facts);
      this.#ofLocation[serial] = place;
    }
    return place;
  }

  /** Of browser and language together. */
  visitor(facts: Facts): number {
    const { serial } = facts.browser;
    let agent = this.#ofBrowser[serial];
    if (agent === undefined) {
      agent = this.#browser.number(facts);
      this.#ofBrowser[serial] = agent;
    }
    let tongue = this.#ofLanguage.get(facts.language);
    if (tongue === undefined) {
      if (this.#ofLanguage.size >= maxLanguages) this.#ofLanguage.clear();
      tongue = this.#language.number(facts);
      this.#ofLanguage.set(facts.language, tongue);
    }
    return agent * maxClasses + tongue;
  }
}

const maxLanguages = 10_000;
/** Of places, of browsers and of languages, each. */
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
