import type { RequestCondition } from '../../analytics/index.ts';
import { continentOf, isInEu } from '../../geo-db/index.ts';
import { countryCodes, type Targeting, type TargetingLeaf, weekdays } from '../inventory/index.ts';

/** A targeting rule as a condition on stored ad requests; what is not stored of them is unknown. */
export function requestCondition(rule: Targeting): RequestCondition {
  if ('and' in rule) return { and: rule.and.map(requestCondition) };
  if ('or' in rule) return { or: rule.or.map(requestCondition) };
  if ('not' in rule) return { not: requestCondition(rule.not) };
  return leafCondition(rule);
}

/** Whether something of the rule cannot be told from stored requests. */
export function isPartlyUnknown(condition: RequestCondition): boolean {
  if (condition === 'unknown') return true;
  if ('and' in condition) return condition.and.some(isPartlyUnknown);
  if ('or' in condition) return condition.or.some(isPartlyUnknown);
  return 'not' in condition && isPartlyUnknown(condition.not);
}

function leafCondition(leaf: TargetingLeaf): RequestCondition {
  switch (leaf.on) {
    case 'browserVersion':
    case 'osVersion':
      return {
        column: leaf.on === 'osVersion' ? 'os_version' : 'browser_version',
        ...{ of: leaf.of, from: numbersOf(leaf.from), to: numbersOf(leaf.to) },
      };
    case 'schedule': {
      if (leaf.clock === 'visitor') return 'unknown';
      const days = leaf.weekdays?.map((day) => weekdays.indexOf(day) + 1);
      return { column: 'local_time', timeZone: leaf.clock, weekdays: days, hours: leaf.hours };
    }
    // Dates to come say nothing of what was.
    case 'dates':
    case 'radius':
    case 'keyValue':
      return 'unknown';
    default: {
      const included = 'in' in leaf;
      const listed = listCondition(leaf.on, included ? leaf.in : leaf.notIn);
      return included || listed === 'unknown' ? listed : { not: listed };
    }
  }
}

type ListDimension = Exclude<
  TargetingLeaf['on'],
  'browserVersion' | 'osVersion' | 'schedule' | 'dates' | 'radius' | 'keyValue'
>;

function listCondition(on: ListDimension, values: readonly string[]): RequestCondition {
  switch (on) {
    case 'continent':
      return countriesWhere((country) => values.includes(continentOf(country) ?? ''));
    case 'eu':
      return countriesWhere((country) => values.includes(isInEu(country) ? 'yes' : 'no'));
    case 'country':
    case 'region':
    case 'browser':
    case 'os':
    case 'device':
      return { column: on, in: values };
    case 'city':
      return { column: 'place', in: values };
    case 'language':
      return { column: 'language_tree', in: values };
    case 'asn':
      return { column: 'asn', in: values.map((value) => Number(value.slice(2))) };
    case 'site':
    case 'zone':
      return { column: on, in: values.map(Number) };
    case 'segment':
      return { column: 'segments', in: values };
    case 'page':
      return { column: 'page', like: values.flatMap(likePatterns) };
    // Stored with page views alone, or not at all.
    case 'advertiserValue':
    case 'referrer':
    case 'postalCode':
    case 'timeZone':
    case 'connectionType':
      return 'unknown';
  }
}

const countriesWhere = (test: (country: string) => boolean): RequestCondition => ({
  column: 'country',
  in: [...countryCodes].filter(test),
});

function numbersOf(version: string | undefined): number[] | undefined {
  return version?.split('.').map(Number);
}

/** As delivery reads patterns: without a scheme they are for http and https, hosts are in lower case. */
function likePatterns(pattern: string): string[] {
  const [start = '', scheme] = /^([a-z]+:\/\/)?[^/*]*/i.exec(pattern) ?? [];
  const text = start.toLowerCase() + (pattern.slice(start.length) || '/');
  const like = text.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%');
  const bare = scheme === undefined && !pattern.startsWith('*');
  return bare ? [`http://${like}`, `https://${like}`] : [like];
}
