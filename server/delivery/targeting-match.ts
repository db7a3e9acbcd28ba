import type { Targeting, TargetingDimension } from '../inventory/targeting.ts';

/** What a targeting rule can look at; undefined is unknown. */
export interface TargetingFacts {
  readonly country: string | undefined;
  readonly region: string | undefined;
  readonly site: string;
  readonly zone: string;
}

/** Whether a rule matches. Unknown is unknown: `in` does not match it, `notIn` does. */
export function matches(rule: Targeting, facts: TargetingFacts): boolean {
  if ('in' in rule) {
    const value = facts[rule.on];
    return value !== undefined && rule.in.includes(value);
  }
  if ('notIn' in rule) {
    const value = facts[rule.on];
    return value === undefined || !rule.notIn.includes(value);
  }
  if ('and' in rule) return rule.and.every((part) => matches(part, facts));
  if ('or' in rule) return rule.or.some((part) => matches(part, facts));
  return !matches(rule.not, facts);
}

/** The rule in words, like `region is DE-BY or US-CA`. */
export function describeRule(rule: Targeting): string {
  if ('in' in rule) return `${rule.on} is ${rule.in.join(' or ')}`;
  if ('notIn' in rule) return `${rule.on} is not ${rule.notIn.join(' nor ')}`;
  if ('and' in rule) return rule.and.map(grouped).join(' and ');
  if ('or' in rule) return rule.or.map(grouped).join(' or ');
  return `not ${grouped(rule.not)}`;
}

function grouped(rule: Targeting): string {
  return 'and' in rule || 'or' in rule ? `(${describeRule(rule)})` : describeRule(rule);
}

/**
 * The values of one dimension outside which the rule cannot match; undefined where there is no such bound. Line items
 * are filed by these, so that a decision looks at those alone that can match.
 */
export function boundOf(rule: Targeting, on: 'country' | 'region'): ReadonlySet<string> | undefined {
  if ('in' in rule) return rule.on === on ? new Set(rule.in) : undefined;
  if ('and' in rule) {
    for (const part of rule.and) {
      const bound = boundOf(part, on);
      if (bound !== undefined) return bound;
    }
    return undefined;
  }
  if ('or' in rule) {
    const union = new Set<string>();
    for (const part of rule.or) {
      const bound = boundOf(part, on);
      if (bound === undefined) return undefined;
      for (const value of bound) union.add(value);
    }
    return union;
  }
  return undefined;
}

/** Every value that a rule names, by its dimension: values that are not among them cannot be told apart. */
export type NamedValues = Readonly<Record<TargetingDimension, ReadonlySet<string>>>;

export function namedValues(rules: readonly Targeting[]): NamedValues {
  const named = {
    country: new Set<string>(),
    region: new Set<string>(),
    site: new Set<string>(),
    zone: new Set<string>(),
  };
  const visit = (rule: Targeting): void => {
    if ('in' in rule) for (const value of rule.in) named[rule.on].add(value);
    else if ('notIn' in rule) for (const value of rule.notIn) named[rule.on].add(value);
    else if ('and' in rule) rule.and.forEach(visit);
    else if ('or' in rule) rule.or.forEach(visit);
    else visit(rule.not);
  };
  rules.forEach(visit);
  return named;
}
