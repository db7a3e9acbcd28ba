import type { InventorySnapshot, SnapshotCreative, SnapshotLineItem } from '../../server/inventory/index.ts';

export interface Zone {
  readonly id: number;
  readonly site: number;
  readonly size: readonly [width: number, height: number];
}

/** Why an ad costs something: `event` at `nanos` billionths each. */
interface Paid {
  readonly event: 'impression' | 'viewable' | 'click';
  readonly nanos: number;
}

export interface SoldAd {
  readonly zone: number;
  readonly countries: readonly string[];
  /** Milliseconds since 1970; undefined: for good. */
  readonly endMs: number | undefined;
  readonly advertiser: number;
  readonly campaign: number;
  readonly lineItem: number;
  readonly creative: number;
  readonly paid: Paid | undefined;
}

export const siteIds = [1, 2, 3] as const;
export const zones: readonly Zone[] = [
  { id: 11, site: 1, size: [300, 250] },
  { id: 12, site: 1, size: [728, 90] },
  { id: 21, site: 2, size: [160, 600] },
  { id: 22, site: 2, size: [320, 50] },
  { id: 31, site: 3, size: [970, 250] },
  // Nothing has this size.
  { id: 32, site: 3, size: [123, 45] },
];
export const advertisers = [1, 2, 3] as const;

const groups = [
  ['US', 'CA'],
  ['GB', 'AU', 'IE'],
] as const;
const payments: readonly (Paid | undefined)[] = [
  { event: 'impression', nanos: 1_234_567 },
  { event: 'viewable', nanos: 2_000_001 },
  { event: 'click', nanos: 250_000_000 },
  undefined,
];

/** Each zone has one ad at most for a country, so that what is shown is known beforehand; in Belgium and Denmark none. */
export function soldAds(weekStartMs: number): readonly SoldAd[] {
  return zones.slice(0, -1).flatMap((zone, at) =>
    groups.map((countries, group) => {
      const number = at * groups.length + group;
      return {
        zone: zone.id,
        countries,
        endMs: number === 7 ? weekStartMs + 3.5 * 86_400_000 : undefined,
        advertiser: advertisers[number % advertisers.length] as number,
        campaign: 100 + (number % 5),
        lineItem: 1000 + number,
        creative: 5000 + number,
        paid: payments[number % payments.length],
      };
    }),
  );
}

/** What a zone shows at an instant in a country, or why nothing. */
export function shownIn(
  ads: readonly SoldAd[],
  zone: number,
  country: string,
  atMs: number,
): SoldAd | 'no_creative_fits' | 'targeting' | 'schedule' {
  const ofZone = ads.filter((ad) => ad.zone === zone);
  if (ofZone.length === 0) return 'no_creative_fits';
  const ad = ofZone.find(({ countries }) => countries.includes(country));
  if (ad === undefined) return 'targeting';
  return ad.endMs !== undefined && atMs >= ad.endMs ? 'schedule' : ad;
}

/** Conversion actions: one for each advertiser, under its number. */
export const clickWindowMs = 3 * 86_400_000;
export const viewWindowMs = 6 * 3_600_000;

export function snapshotOf(ads: readonly SoldAd[]): InventorySnapshot {
  return {
    version: 1,
    madeAtMs: 0,
    sites: siteIds.map((id) => ({ id, domain: `site${id}.example` })),
    zones: zones.map(({ id, site, size }) => ({ id, siteId: site, sizes: [size] })),
    lineItems: ads.map(lineItemOf),
    creatives: ads.map(creativeOf),
    landings: [],
    conversionActions: advertisers.map((id) => ({
      ...{ id, advertiserId: id, secretHash: '', clickId: true, pixel: true },
    })),
  };
}

function creativeOf({ creative, zone: zoneId }: SoldAd): SnapshotCreative {
  const zone = zones.find(({ id }) => id === zoneId) as Zone;
  return {
    ...{ id: creative, type: 'image', width: zone.size[0], height: zone.size[1], alt: '' },
    asset: `${String(creative).padStart(64, '0')}.png`,
    clickUrl: `https://shop.example/${creative}`,
  };
}

const models = { impression: 'cpm', viewable: 'vcpm', click: 'cpc' } as const;

function lineItemOf({
  lineItem,
  campaign,
  advertiser,
  endMs,
  countries,
  zone,
  creative,
  paid,
}: SoldAd): SnapshotLineItem {
  const price =
    paid === undefined
      ? {}
      : {
          price: {
            model: models[paid.event],
            micros: paid.event === 'click' ? paid.nanos / 1000 : paid.nanos,
          },
        };
  return {
    ...{ id: lineItem, campaignId: campaign, advertiserId: advertiser, type: 'standard', weight: 1 },
    ...{ startMs: null, endMs: endMs ?? null, creativeIds: [creative] },
    targeting: {
      and: [
        { on: 'zone', in: [String(zone)] },
        { on: 'country', in: [...countries] },
      ],
    },
    ...price,
  };
}
