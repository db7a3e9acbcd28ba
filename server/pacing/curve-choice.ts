import type { SnapshotLineItem } from '../inventory/snapshot.ts';
import type { Targeting } from '../inventory/targeting.ts';
import type { CurveOf } from './controller.ts';
import { DailyCurve, flatCurve } from './daily-curve.ts';

/** All sites together. */
export const allSites = 0;

export const curveKey = (siteId: number, timeZone: string): string => `${siteId} ${timeZone}`;

/**
 * The sites outside which a rule cannot match, as far as it says so itself; undefined: it may match anywhere. Only the
 * plan's shape depends on it.
 */
export function sitesOf(rule: Targeting | null): readonly number[] | undefined {
  if (rule === null) return undefined;
  if ('in' in rule) return rule.on === 'site' ? rule.in.map(Number) : undefined;
  if (!('and' in rule)) return undefined;
  for (const part of rule.and) {
    const sites = sitesOf(part);
    if (sites !== undefined) return sites;
  }
  return undefined;
}

/**
 * Chooses a line item's curve: that of the sites that it is targeted at, in its time zone; where they have none, or it
 * names none, that of all sites; a flat one until there is any.
 */
export function curveChoice(curves: ReadonlyMap<string, DailyCurve>): CurveOf {
  const chosen = new WeakMap<SnapshotLineItem, DailyCurve>();
  return (lineItem) => {
    let curve = chosen.get(lineItem);
    if (curve === undefined) {
      curve = choose(curves, lineItem);
      chosen.set(lineItem, curve);
    }
    return curve;
  };
}

function choose(curves: ReadonlyMap<string, DailyCurve>, lineItem: SnapshotLineItem): DailyCurve {
  const { targeting, timeZone = 'UTC' } = lineItem;
  const ofSites = (sitesOf(targeting) ?? []).flatMap((site) => curves.get(curveKey(site, timeZone)) ?? []);
  const [first] = ofSites;
  if (first === undefined) return curves.get(curveKey(allSites, timeZone)) ?? flatCurve;
  return new DailyCurve(
    first.weights.map((_, quarter) => ofSites.reduce((sum, curve) => sum + (curve.weights[quarter] ?? 0), 0)),
  );
}
