import {
  leavesOf,
  type Targeting,
  type TargetingDimension,
  type TargetingLeaf,
} from '../../inventory/targeting.ts';
import { type Facts, valuesOf } from './facts.ts';
import { compileLeaf, groupOf, type Matcher } from './leaf.ts';

/**
 * Numbers for what no rule can tell apart. Two places have the same number exactly where every leaf about places answers
 * the same for both, and so do two visitors' browsers and languages: a value that no rule names is like every other such
 * one. NaN where there are more classes than numbers: what is made for this one must not be kept for another.
 */
export class RequestClasses {
  readonly #place = new Signature();
  readonly #browser = new Signature();
  readonly #language = new Signature();
  /** By the serial of the location, of the browser. */
  readonly #ofLocation: number[] = [];
  readonly #ofBrowser: number[] = [];
  readonly #ofLanguage = new Map<string, number>();

  /** To be called for every rule before the first number is asked for. */
  add(rule: Targeting): void {
    for (const leaf of leavesOf(rule)) {
      const group = groupOf(leaf);
      if (group === 'location') this.#place.add(leaf);
      else if (group === 'browser') this.#browser.add(leaf);
      else if (group === 'language') this.#language.add(leaf);
      else if (leaf.on === 'schedule' && leaf.clock === 'visitor') this.#place.addTimeZone();
    }
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

/** Nothing of this looks at an advertiser's own values. */
const nobody = 0;
const maxLanguages = 10_000;
/** Of places, of browsers and of languages, each. */
const maxClasses = 65_536;

/** What all leaves of one group say of a request, as a text, and that text as a number. */
class Signature {
  readonly #named = new Map<TargetingDimension, Set<string>>();
  readonly #others = new Map<string, Matcher>();
  #timeZone = false;
  readonly #numbers = new Map<string, number>();

  add(leaf: TargetingLeaf): void {
    if (('in' in leaf || 'notIn' in leaf) && leaf.on !== 'keyValue') {
      const values = this.#named.get(leaf.on) ?? new Set();
      for (const value of 'in' in leaf ? leaf.in : leaf.notIn) values.add(value);
      this.#named.set(leaf.on, values);
    } else {
      const text = JSON.stringify(leaf);
      if (!this.#others.has(text)) this.#others.set(text, compileLeaf(leaf, nobody));
    }
  }

  /** Places in different time zones are told apart. */
  addTimeZone(): void {
    this.#timeZone = true;
  }

  number(facts: Facts): number {
    let text = '';
    for (const [on, named] of this.#named) {
      for (const value of valuesOf(on, facts)) if (named.has(value)) text += `${value}\u0001`;
      text += '\u0000';
    }
    for (const matches of this.#others.values()) text += matches(facts) ? '1' : '0';
    if (this.#timeZone) text += `\u0000${facts.location.timeZone ?? ''}`;
    let number = this.#numbers.get(text);
    if (number === undefined) {
      if (this.#numbers.size >= maxClasses) return Number.NaN;
      number = this.#numbers.size;
      this.#numbers.set(text, number);
    }
    return number;
  }
}
