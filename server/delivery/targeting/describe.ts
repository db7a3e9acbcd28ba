import type { Targeting, TargetingLeaf } from '../../inventory/targeting.ts';

/** The rule in words, like `region is DE-BY or US-CA`. */
export function describeRule(rule: Targeting): string {
  if ('and' in rule) return rule.and.map(grouped).join(' and ');
  if ('or' in rule) return rule.or.map(grouped).join(' or ');
  if ('not' in rule) return `not ${grouped(rule.not)}`;
  return describeLeaf(rule);
}

function grouped(rule: Targeting): string {
  return 'and' in rule || 'or' in rule ? `(${describeRule(rule)})` : describeRule(rule);
}

function describeLeaf(leaf: TargetingLeaf): string {
  switch (leaf.on) {
    case 'browserVersion':
    case 'osVersion':
      return `${leaf.of}${leaf.from === undefined ? '' : ` from ${leaf.from}`}${leaf.to === undefined ? '' : ` up to ${leaf.to}`}`;
    case 'radius':
      return `within ${leaf.km} km of ${leaf.latitude}, ${leaf.longitude}`;
    case 'schedule': {
      const days = leaf.weekdays === undefined ? [] : [`on ${leaf.weekdays.join(', ')}`];
      const hours = leaf.hours === undefined ? [] : [`in hours ${leaf.hours.join(', ')}`];
      const clock = leaf.clock === 'visitor' ? "the visitor's time" : leaf.clock;
      return `${[...days, ...hours].join(' ')} (${clock})`;
    }
    case 'dates':
      return [leaf.from && `from ${leaf.from}`, leaf.to && `until ${leaf.to}`].filter(Boolean).join(' ');
    default: {
      const what = leaf.on === 'keyValue' ? `key ${leaf.key}` : leaf.on;
      return 'in' in leaf
        ? `${what} is ${leaf.in.join(' or ')}`
        : `${what} is not ${leaf.notIn.join(' nor ')}`;
    }
  }
}
