import type {
  DatesLeaf,
  ListLeaf,
  RadiusLeaf,
  ScheduleLeaf,
  TargetingLeaf,
  VersionLeaf,
} from '../../inventory/targeting.ts';
import { type Facts, valuesOf } from './facts.ts';
import { localTime } from './local-time.ts';
import { pagePattern } from './page-pattern.ts';

/** A rule or a part of it, ready to be asked. */
export type Matcher = (facts: Facts) => boolean;

/** What a leaf looks at, which says when it can be answered: with the place and the browser, or with the request. */
export type LeafGroup = 'location' | 'browser' | 'language' | 'site' | 'zone' | 'time' | 'request';

export function groupOf(leaf: TargetingLeaf): LeafGroup {
  switch (leaf.on) {
    case 'browser':
    case 'os':
    case 'device':
    case 'browserVersion':
    case 'osVersion':
      return 'browser';
    case 'language':
      return 'language';
    case 'site':
    case 'zone':
      return leaf.on;
    case 'schedule':
    case 'dates':
      return 'time';
    case 'page':
    case 'referrer':
    case 'segment':
    case 'advertiserValue':
    case 'keyValue':
      return 'request';
    default:
      return 'location';
  }
}

/**
 * A leaf made ready: lists become sets, patterns and versions are taken apart.
 * @param advertiser whose line item it is: the only one whose values its rule can look at
 */
export function compileLeaf(leaf: TargetingLeaf, advertiser: number): Matcher {
  switch (leaf.on) {
    case 'browserVersion':
    case 'osVersion':
      return compileVersion(leaf);
    case 'radius':
      return compileRadius(leaf);
    case 'schedule':
      return compileSchedule(leaf);
    case 'dates':
      return compileDates(leaf);
    default:
      return compileList(leaf, advertiser);
  }
}

function compileList(leaf: ListLeaf, advertiser: number): Matcher {
  const included = 'in' in leaf;
  const list = included ? leaf.in : leaf.notIn;
  const values = new Set(list);
  if (leaf.on === 'keyValue') {
    const { key } = leaf;
    return ({ keyValues }) => {
      const found =
        Object.hasOwn(keyValues, key) &&
        (keyValues[key] as readonly string[]).some((value) => values.has(value));
      return found === included;
    };
  }
  const { on } = leaf;
  if (on === 'advertiserValue') {
    const starts = list.filter((text) => text.endsWith('*')).map((text) => text.slice(0, -1));
    return ({ ownValues }) => {
      const value = ownValues.get(advertiser);
      const found =
        value !== undefined && (values.has(value) || starts.some((start) => value.startsWith(start)));
      return found === included;
    };
  }
  if (on === 'page') {
    const patterns = list.map(pagePattern);
    return ({ page }) => (page !== '' && patterns.some((matches) => matches(page))) === included;
  }
  return (facts) => valuesOf(on, facts).some((value) => values.has(value)) === included;
}

function compileVersion({ on, of, from, to }: VersionLeaf): Matcher {
  const [low, high] = [from, to].map((text) => (text === undefined ? undefined : partsOf(text)));
  return ({ browser: { facts } }) => {
    const [name, version] =
      on === 'osVersion' ? [facts.os, facts.osVersion] : [facts.browser, String(facts.browserVersion || '')];
    const parts = partsOf(version);
    if (name !== of || parts.length === 0) return false;
    return (
      (low === undefined || compare(parts, low) >= 0) && (high === undefined || compare(parts, high) <= 0)
    );
  };
}

/** The numbers of a version; none where it does not begin with one. */
function partsOf(version: string): number[] {
  const parts: number[] = [];
  for (const part of version.split('.')) {
    const number = Number.parseInt(part, 10);
    if (Number.isNaN(number)) break;
    parts.push(number);
  }
  return parts;
}

/** Compares as far as the bound says: 17.4 is neither above nor below 17. */
function compare(parts: readonly number[], bound: readonly number[]): number {
  for (let i = 0; i < bound.length; i++) {
    const difference = (parts[i] ?? 0) - (bound[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

const earthRadiusKm = 6371;

/** Great-circle distance by the haversine formula; its error is below 0.5 %, that of locations far above. */
function compileRadius({ latitude, longitude, km }: RadiusLeaf): Matcher {
  const rad = Math.PI / 180;
  return ({ location }) => {
    if (location.latitude === undefined || location.longitude === undefined) return false;
    const dLat = (location.latitude - latitude) * rad;
    const dLon = (location.longitude - longitude) * rad;
    const a =
      Math.sin(dLat / 2) ** 2 +
      Math.cos(latitude * rad) * Math.cos(location.latitude * rad) * Math.sin(dLon / 2) ** 2;
    const distanceKm = 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(a)));
    return distanceKm + (location.accuracyRadiusKm ?? 0) <= km;
  };
}

function compileSchedule({ weekdays, hours, clock }: ScheduleLeaf): Matcher {
  return ({ location, nowMs }) => {
    const timeZone = clock === 'visitor' ? location.timeZone : clock;
    const local = timeZone === undefined ? undefined : localTime(nowMs, timeZone);
    if (local === undefined) return false;
    return (weekdays?.includes(local.weekday) ?? true) && (hours?.includes(local.hour) ?? true);
  };
}

function compileDates({ from, to }: DatesLeaf): Matcher {
  const fromMs = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from);
  const toMs = to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to);
  return ({ nowMs }) => fromMs <= nowMs && nowMs < toMs;
}
