import type { InventorySnapshot, SnapshotLineItem, Targeting } from '../../../server/inventory/index.ts';
import { pick } from '../../support/random.ts';

export const countries = ['DE', 'FR', 'US', 'TW', 'JP'];
export const regions = ['DE-BY', 'DE-BE', 'FR-IDF', 'US-CA', 'US-NY', 'TW-TPE'];
const sizes: readonly (readonly [number, number])[] = [
  [300, 250],
  [728, 90],
  [160, 600],
  [320, 50],
];
const types = ['sponsorship', 'standard', 'price_priority', 'house'] as const;
/** Line items start and end at whole hours of a day. */
export const hourMs = 3_600_000;

type Random = () => number;

const whole = (random: Random, below: number) => Math.floor(random() * below);
const some = <Item>(items: readonly Item[], random: Random, least = 1): Item[] => {
  const chosen = items.filter(() => random() < 0.4);
  return chosen.length >= least ? chosen : [pick(items, random)];
};

export function randomTargeting(random: Random, depth = 3): Targeting {
  const kind = random();
  if (depth > 0 && kind < 0.15)
    return { and: Array.from({ length: 1 + whole(random, 3) }, () => randomTargeting(random, depth - 1)) };
  if (depth > 0 && kind < 0.3)
    return { or: Array.from({ length: 1 + whole(random, 3) }, () => randomTargeting(random, depth - 1)) };
  if (depth > 0 && kind < 0.4) return { not: randomTargeting(random, depth - 1) };
  const leaves = {
    country: countries,
    region: regions,
    site: ['1', '2', '3'],
    zone: ['1', '2', '3', '4', '5'],
  };
  const on = pick(['country', 'country', 'region', 'region', 'site', 'zone'] as const, random);
  const values = some(leaves[on], random);
  return random() < 0.7 ? { on, in: values } : { on, notIn: values };
}

/** A small inventory, in which everything that rules can tell apart happens often. */
export function randomInventory(random: Random): InventorySnapshot {
  const creatives: InventorySnapshot['creatives'][number][] = [];
  const lineItems: SnapshotLineItem[] = Array.from({ length: whole(random, 16) }, (_, at) => {
    const creativeIds = Array.from({ length: whole(random, 4) }, () => {
      const [width, height] = pick(sizes, random);
      const id = creatives.length + 1;
      const asset = `${String(id).padStart(64, '0')}.png`;
      creatives.push({ id, type: 'image', width, height, asset, alt: '', clickUrl: 'https://example.com/' });
      return id;
    });
    const startMs = random() < 0.5 ? null : whole(random, 12) * hourMs;
    const endMs = random() < 0.5 ? null : (12 + whole(random, 12)) * hourMs;
    return {
      id: at + 1,
      campaignId: 10 + at,
      advertiserId: 20 + at,
      type: random() < 0.6 ? 'standard' : pick(types, random),
      weight: 1 + whole(random, 5),
      startMs,
      // Some are over before they start.
      endMs: endMs !== null && random() < 0.1 ? whole(random, 12) * hourMs : endMs,
      targeting: random() < 0.2 ? null : randomTargeting(random),
      creativeIds,
    };
  });
  return {
    version: 1,
    madeAtMs: 0,
    sites: [1, 2, 3].map((id) => ({ id, domain: `site${id}.example` })),
    zones: [1, 2, 3, 4, 5].map((id) => ({
      id,
      siteId: 1 + whole(random, 3),
      sizes: sizes.filter(() => random() < 0.5).length === 0 ? [pick(sizes, random)] : some(sizes, random),
    })),
    lineItems,
    creatives,
    landings: [],
  };
}

export function randomRequest(random: Random) {
  const country = random() < 0.15 ? undefined : pick([...countries, 'GB', 'CN'], random);
  const own = regions.filter((region) => country !== undefined && region.startsWith(country));
  // Mostly a region of the country; at times none, one that no rule names, or one of another country: databases disagree.
  const kind = random();
  const region =
    kind < 0.3
      ? undefined
      : kind < 0.4
        ? 'GB-ENG'
        : kind < 0.5 || own.length === 0
          ? pick(regions, random)
          : pick(own, random);
  const nowMs = Math.floor(random() * 25) * hourMs + pick([-1, 0, 0, 1, 1234], random);
  return { zone: 1 + whole(random, 5), country, region, nowMs };
}
