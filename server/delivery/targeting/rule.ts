import type { Targeting } from '../../inventory/targeting.ts';
import type { Facts } from './facts.ts';
import { compileLeaf, groupOf, type LeafGroup, type Matcher } from './leaf.ts';

/** What is settled when a part of a rule is answered, as bits. */
export const known = { place: 1, visitor: 2, site: 4, zone: 8, request: 16 } as const;

const bitOf: Readonly<Record<LeafGroup, number>> = {
  location: known.place,
  time: known.place,
  browser: known.visitor,
  language: known.visitor,
  site: known.site,
  zone: known.zone,
  request: known.request,
};

/**
 * A rule made ready. It is answered in steps: once for all requests from alike places, once for those of alike visitors,
 * and what is then left at each request.
 */
export type Rule =
  | { readonly kind: 'leaf'; readonly needs: number; readonly matches: Matcher }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Rule[] }
  | { readonly kind: 'not'; readonly part: Rule };

/** @param advertiser whose line item it is */
export function compileRule(targeting: Targeting, advertiser: number): Rule {
  const compile = (part: Targeting) => compileRule(part, advertiser);
  if ('and' in targeting) return { kind: 'and', parts: targeting.and.map(compile) };
  if ('or' in targeting) return { kind: 'or', parts: targeting.or.map(compile) };
  if ('not' in targeting) return { kind: 'not', part: compile(targeting.not) };
  return { kind: 'leaf', needs: bitOf[groupOf(targeting)], matches: compileLeaf(targeting, advertiser) };
}

/**
 * The rule's answer where `settled` is enough for one; else the rule that is left to be answered.
 * @param settled bits of `known`: of `facts`, only what they name is looked at
 */
export function reduce(rule: Rule, facts: Facts, settled: number): boolean | Rule {
  switch (rule.kind) {
    case 'leaf':
      return (rule.needs & settled) === 0 ? rule : rule.matches(facts);
    case 'not': {
      const part = reduce(rule.part, facts, settled);
      return typeof part === 'boolean' ? !part : { kind: 'not', part };
    }
    default:
      return reduceGroup(rule, facts, settled);
  }
}

function reduceGroup(rule: Extract<Rule, { parts: unknown }>, facts: Facts, settled: number): boolean | Rule {
  const decisive = rule.kind === 'or';
  const open: Rule[] = [];
  for (const part of rule.parts) {
    const answer = reduce(part, facts, settled);
    if (answer === decisive) return decisive;
    if (typeof answer !== 'boolean') open.push(answer);
  }
  if (open.length === 0) return !decisive;
  return open.length === 1 ? (open[0] as Rule) : { kind: rule.kind, parts: open };
}

/** What has to be settled before the rule can surely be answered: bits of `known`. */
export function needsOf(rule: Rule): number {
  switch (rule.kind) {
    case 'leaf':
      return rule.needs;
    case 'not':
      return needsOf(rule.part);
    default:
      return rule.parts.reduce((needs, part) => needs | needsOf(part), 0);
  }
}

/** The rule's answer with all facts at hand. */
export function matchesRule(rule: Rule, facts: Facts): boolean {
  switch (rule.kind) {
    case 'leaf':
      return rule.matches(facts);
    case 'not':
      return !matchesRule(rule.part, facts);
    case 'and':
      for (const part of rule.parts) if (!matchesRule(part, facts)) return false;
      return true;
    case 'or':
      for (const part of rule.parts) if (matchesRule(part, facts)) return true;
      return false;
  }
}
