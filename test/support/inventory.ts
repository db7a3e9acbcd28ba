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

const cities = 'US/Los Angeles,DE/Berlin,TW/Taipei,GB/London,JP/Tokyo,FR/Paris'.split(',');

/**
 * An inventory with `count` live line items in 50 zones of 10 sites. All are for places: countries, regions, cities, or
 * all countries but one; two of five look at the visitor, the time or the page besides. 200 are sponsorships with a
 * share, 3,000 standard ones with a goal, and of the others two of five each are standard and price priority.
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
      ...someTerms(count, random),
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

function someTerms(
  count: number,
  random: () => number,
): Pick<SnapshotLineItem, 'type' | 'share' | 'goal' | 'expectedCpmMicros'> {
  const place = random() * count;
  if (place < 200) return { type: 'sponsorship', share: 1 + Math.floor(random() * 10) };
  if (place < 3200)
    return { type: 'standard', goal: { metric: 'impressions', amount: 1_000_000, per: 'flight' } };
  const kind = random();
  if (kind < 0.4) return { type: 'standard' };
  if (kind < 0.8) return { type: 'price_priority', expectedCpmMicros: 100_000 * Math.ceil(random() * 50) };
  return { type: 'house' };
}

function someTargeting(random: () => number): Targeting {
  const place = somePlace(random);
  const kind = random();
  if (kind < 0.6) return place;
  return { and: [place, kind < 0.95 ? someVisitor(random) : somePage(random)] };
}

function somePlace(random: () => number): Targeting {
  const kind = random();
  if (kind < 0.65) return { on: 'country', in: [pick(countries, random), pick(countries, random)] };
  if (kind < 0.85) return { on: 'region', in: [pick(regions, random), pick(regions, random)] };
  if (kind < 0.95) return { on: 'city', in: [pick(cities, random)] };
  return { on: 'country', notIn: [pick(countries, random)] };
}

function someVisitor(random: () => number): Targeting {
  const kinds: readonly Targeting[] = [
    { on: 'device', in: [pick(['mobile', 'desktop', 'tablet'], random)] },
    { on: 'browser', notIn: [pick(['Chrome', 'Firefox', 'Edge'], random)] },
    { on: 'osVersion', of: 'Android', from: pick(['11', '13'], random) },
    { on: 'language', in: [pick(['en', 'de', 'zh-tw'], random)] },
    { on: 'schedule', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], clock: 'Europe/Berlin' },
    { on: 'site', in: [String(1 + Math.floor(random() * 10))] },
  ];
  return pick(kinds, random);
}

function somePage(random: () => number): Targeting {
  return random() < 0.5
    ? { on: 'page', in: [`https://news.example.com/${pick(['sport', 'politics', 'travel'], random)}/*`] }
    : { on: 'keyValue', key: 'section', in: [pick(['sport', 'politics', 'travel'], random)] };
}
