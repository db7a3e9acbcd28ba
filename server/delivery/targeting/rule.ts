import type { Targeting } from '../../inventory/targeting.ts';
import type { Facts } from './facts.ts';
import { compileLeaf, groupOf, type Matcher } from './leaf.ts';

/**
 * A rule made ready. What does not depend on the single request (place, browser, language, zone, time) is answered once
 * for all requests that are alike in it; what is left is asked at each request.
 */
export type Rule =
  | { readonly kind: 'static' | 'request'; readonly matches: Matcher }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Rule[] }
  | { readonly kind: 'not'; readonly part: Rule };

export function compileRule(targeting: Targeting): Rule {
  if ('and' in targeting) return { kind: 'and', parts: targeting.and.map(compileRule) };
  if ('or' in targeting) return { kind: 'or', parts: targeting.or.map(compileRule) };
  if ('not' in targeting) return { kind: 'not', part: compileRule(targeting.not) };
  return { kind: groupOf(targeting) === 'request' ? 'request' : 'static', matches: compileLeaf(targeting) };
}

/** The rule's answer where it is known without the request; else what has to be asked of the request. */
export function reduce(rule: Rule, facts: Facts): boolean | Matcher {
  switch (rule.kind) {
    case 'static':
      return rule.matches(facts);
    case 'request':
      return rule.matches;
    case 'not': {
      const part = reduce(rule.part, facts);
      return typeof part === 'boolean' ? !part : (request) => !part(request);
    }
    default:
      return reduceGroup(rule.parts, facts, rule.kind === 'or');
  }
}

/** @param decisive the answer of one part that settles the whole: true for `or`, false for `and` */
function reduceGroup(parts: readonly Rule[], facts: Facts, decisive: boolean): boolean | Matcher {
  const open: Matcher[] = [];
  for (const part of parts) {
    const answer = reduce(part, facts);
    if (answer === decisive) return decisive;
    if (typeof answer !== 'boolean') open.push(answer);
  }
  if (open.length === 0) return !decisive;
  if (open.length === 1) return open[0] as Matcher;
  return decisive
    ? (request) => open.some((ask) => ask(request))
    : (request) => open.every((ask) => ask(request));
}

/** The rule's answer with all facts at hand. */
export function matchesRule(rule: Rule, facts: Facts): boolean {
  const answer = reduce(rule, facts);
  return typeof answer === 'boolean' ? answer : answer(facts);
}
