import type {
  InventorySnapshot,
  SnapshotCreative,
  SnapshotLineItem,
  Targeting,
} from '../../server/inventory/index.ts';
import { pick } from './random.ts';

const countries = 'US CN JP DE GB FR BR KR IT CA IN AU NL RU TW ES MX SE PL ZA'.split(' ');
const regions =
  'US-CA US-NY US-TX DE-BY DE-BE CA-ON AU-NSW GB-ENG FR-IDF JP-13 BR-SP IN-MH TW-TPE IT-25'.split(' ');

/**
 * An inventory with `count` live line items in 50 zones of 10 sites. Of ten line items seven are for countries, two for
 * regions, one excludes countries, which is how campaigns of a regional publisher look.
 */
export function manyLineItems(count: number, random: () => number): InventorySnapshot {
  const sizes = [
    [300, 250],
    [728, 90],
    [160, 600],
    [320, 50],
    [970, 250],
  ] as const;
  const lineItems: SnapshotLineItem[] = [];
  const creatives: SnapshotCreative[] = [];
  for (let id = 1; id <= count; id++) {
    const [width, height] = pick(sizes, random);
    const asset = `${id.toString(16).padStart(64, '0')}.png`;
    creatives.push({
      id,
      type: 'image',
      width,
      height,
      asset,
      alt: `Creative ${id}`,
      clickUrl: `https://example.com/${id}`,
    });
    lineItems.push({
      id,
      campaignId: 1 + Math.floor(id / 10),
      advertiserId: 1 + Math.floor(id / 100),
      type: pick(['sponsorship', 'standard', 'standard', 'price_priority', 'house'] as const, random),
      weight: 1 + Math.floor(random() * 100),
      startMs: 1_700_000_000_000,
      endMs: 4_000_000_000_000,
      targeting: someTargeting(random),
      creativeIds: [id],
    });
  }
  return {
    version: count,
    madeAtMs: Date.now(),
    sites: Array.from({ length: 10 }, (_, at) => ({ id: at + 1, domain: `site${at + 1}.example` })),
    zones: Array.from({ length: 50 }, (_, at) => ({
      id: at + 1,
      siteId: 1 + (at % 10),
      sizes: [pick(sizes, random)],
    })),
    lineItems,
    creatives,
    landings: [],
  };
}

function someTargeting(random: () => number): Targeting {
  const kind = random();
  if (kind < 0.7) return { on: 'country', in: [pick(countries, random), pick(countries, random)] };
  if (kind < 0.9) return { on: 'region', in: [pick(regions, random), pick(regions, random)] };
  return { on: 'country', notIn: [pick(countries, random)] };
}
