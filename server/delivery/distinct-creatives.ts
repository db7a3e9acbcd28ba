import type { IndexedCreative } from './indexed-creative.ts';

/**
 * One creative for each zone, none twice; undefined where there is no such choice. Kuhn's algorithm for matchings: a
 * zone takes a creative that is free, or whose zone can move to another one.
 * @param options the creatives that each zone can show
 */
export function distinctCreatives(
  options: readonly (readonly IndexedCreative[])[],
): readonly IndexedCreative[] | undefined {
  const zoneOf = new Map<IndexedCreative, number>();
  const place = (zone: number, tried: Set<IndexedCreative>): boolean => {
    for (const creative of options[zone] ?? []) {
      if (tried.has(creative)) continue;
      tried.add(creative);
      const holder = zoneOf.get(creative);
      if (holder !== undefined && !place(holder, tried)) continue;
      zoneOf.set(creative, zone);
      return true;
    }
    return false;
  };
  for (const zone of options.keys()) {
    if (!place(zone, new Set())) return undefined;
  }
  return [...zoneOf].sort(([, a], [, b]) => a - b).map(([creative]) => creative);
}
