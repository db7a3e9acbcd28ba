import type { Targeting } from '../../inventory/targeting.ts';

/** Dimensions by whose values line items are filed. */
type FiledBy = 'zone' | 'site' | 'region' | 'country' | 'segment';

/**
 * The values of one dimension outside which the rule cannot match; undefined where there is no such bound. Line items
 * are filed by these, so that a decision looks at those alone that can match.
 */
export function boundOf(rule: Targeting, on: FiledBy): ReadonlySet<string> | undefined {
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
  if ('not' in rule || !('in' in rule)) return undefined;
  if (rule.on === on) return new Set(rule.in);
  // The values of these begin with the country that the same place has. A region's may come from another file than the
  // country does, and then be of another country.
  if (on === 'country' && (rule.on === 'city' || rule.on === 'postalCode')) {
    return new Set(rule.in.map((value) => value.slice(0, 2)));
  }
  return undefined;
}
