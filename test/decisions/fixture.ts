import { z } from 'zod';
import { creativeCaps, lineItemCaps, VisitorCaps } from '../../server/delivery/caps.ts';
import type { DecisionState } from '../../server/delivery/eligible.ts';
import { type InventorySnapshot, targetingSchema } from '../../server/inventory/index.ts';

/**
 * Decisions as data. A file holds one inventory and the requests that are made of it; what it leaves out is filled in
 * here. A new dimension is a new optional key with a default, so that the files there are stay as they are.
 */

const id = z.int().min(1);
const size = z.string().regex(/^\d+x\d+$/);
const instant = z.iso.datetime();

const zone = z.strictObject({
  id,
  site: id.default(1),
  sizes: z.array(size).min(1).default(['300x250']),
});

const cap = z.strictObject({
  events: z.int().min(1),
  per: z.strictObject({ unit: z.enum(['minute', 'hour', 'day', 'lifetime']), count: z.int().min(1) }),
});

const lineItem = z.strictObject({
  id,
  type: z.enum(['sponsorship', 'standard', 'price_priority', 'house']).default('standard'),
  weight: z.int().min(1).default(1),
  /** Runs from here on; default: always. */
  start: instant.optional(),
  /** The first instant at which it is over; default: never. */
  end: instant.optional(),
  /** Default: everywhere. */
  targeting: targetingSchema.optional(),
  /** Sizes of its creatives, whose ids are ten times the line item's plus 1, 2, 3 … */
  creatives: z.array(size).max(9).default(['300x250']),
  /** Default: each line item is of an advertiser and a campaign of its own, with its own id. */
  advertiser: id.optional(),
  campaign: id.optional(),
  share: z.int().min(1).max(100).optional(),
  /** With true it has a goal; how much of it may be shown now is in the request. */
  goal: z.boolean().default(false),
  /** With true it has a budget; likewise. */
  budget: z.boolean().default(false),
  expectedCpmMicros: z.int().min(0).optional(),
  caps: z.array(cap).default([]),
  campaignCaps: z.array(cap).default([]),
  creativeCaps: z.array(cap).default([]),
  category: z.string().optional(),
  roadblock: z.boolean().default(false),
});

const request = z.strictObject({
  zone: id.default(1),
  /** A page: these zones in one request, in place of `zone`; `fills` says what each of them gets. */
  zones: z.array(id).min(2).optional(),
  /** Shows this creative for a test. */
  preview: id.optional(),
  /** Is looked up in `networks`; what else the request says of its place is then not read. */
  address: z.union([z.ipv4(), z.ipv6()]).optional(),
  /** Default: not known. */
  country: z.string().optional(),
  region: z.string().optional(),
  /** Further fields of the location, by their names in `Location`. */
  location: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  userAgent: z.string().optional(),
  /** As in an Accept-Language header, lower case. */
  language: z.string().default(''),
  page: z.string().default(''),
  referrer: z.string().default(''),
  keyValues: z.record(z.string(), z.array(z.string())).default({}),
  segments: z.array(z.string()).default([]),
  /** Values that advertisers keep for the visitor, by their ids. */
  ownValues: z.record(z.string(), z.string()).default({}),
  /** What browser and tag would send, read as delivery does; in place of `language`, `page`, `referrer`, `keyValues`. */
  sent: z
    .strictObject({
      lang: z.string().optional(),
      url: z.string().optional(),
      ref: z.string().optional(),
      kv: z.string().optional(),
    })
    .optional(),
  at: instant.default('2026-11-23T12:00:00Z'),
  /** Random numbers in [0, 1) in the order in which they are asked for; the last goes on for ever. */
  random: z.array(z.number().min(0).lt(1)).min(1).default([0]),
  /** What the worker holds of line items with a goal, by their ids: ads, and the plan's ads per second. */
  leases: z.record(z.string(), z.strictObject({ left: z.number(), pace: z.number() })).default({}),
  /** What the visitor was shown, and how long ago. */
  seen: z.array(z.strictObject({ creative: id, minutesAgo: z.number().min(0) })).default([]),
  /** Creatives that are on the page already. */
  onPage: z.array(id).default([]),
});

const shown = z.strictObject({ lineItem: id, creative: id.optional() });

const expected = z.union([
  z.strictObject({ fills: z.array(z.union([shown, z.strictObject({ noFill: z.string() })])) }),
  z.strictObject({
    lineItem: id,
    /** Default: the line item's first. */
    creative: id.optional(),
    /** The chance of each line item in the draw; default: not looked at. */
    shares: z.record(z.string(), z.number()).optional(),
    /** What is told of line items by their id; default: not looked at. */
    why: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ noFill: z.string(), why: z.record(z.string(), z.string()).optional() }),
]);

export const fixtureSchema = z.strictObject({
  about: z.string().min(10),
  inventory: z.strictObject({
    zones: z.array(zone).default([zone.parse({ id: 1 })]),
    lineItems: z.array(lineItem),
  }),
  /** A location database, as a file of GeoIP2 City has it: records by network. */
  networks: z.record(z.string(), z.json()).default({}),
  cases: z.array(z.strictObject({ about: z.string().min(5), request, expect: expected })).min(1),
});

export type Fixture = z.output<typeof fixtureSchema>;
export type FixtureCase = Fixture['cases'][number];

export const creativeId = (lineItemId: number, position: number) => lineItemId * 10 + position + 1;

function sides(text: string): [width: number, height: number] {
  const [width, height] = text.split('x').map(Number);
  return [width as number, height as number];
}

/** The inventory as delivery gets it. */
export function snapshotOf({ zones, lineItems }: Fixture['inventory']): InventorySnapshot {
  const ms = (text: string | undefined) => (text === undefined ? null : Date.parse(text));
  return {
    version: 1,
    madeAtMs: 0,
    sites: [...new Set(zones.map(({ site }) => site))].map((each) => ({
      id: each,
      domain: `site${each}.example`,
    })),
    zones: zones.map(({ id: zoneId, site, sizes }) => ({
      id: zoneId,
      siteId: site,
      sizes: sizes.map(sides),
    })),
    lineItems: lineItems.map((item) => ({
      id: item.id,
      campaignId: item.campaign ?? item.id,
      advertiserId: item.advertiser ?? item.id,
      type: item.type,
      weight: item.weight,
      startMs: ms(item.start),
      endMs: ms(item.end),
      targeting: item.targeting ?? null,
      creativeIds: item.creatives.map((_, position) => creativeId(item.id, position)),
      caps: item.caps,
      campaignCaps: item.campaignCaps,
      ...(item.share === undefined ? {} : { share: item.share }),
      ...(item.goal ? { goal: { metric: 'impressions', amount: 1000, per: 'day' } as const } : {}),
      ...(item.budget ? { budget: { micros: 1_000_000, per: 'flight' } as const } : {}),
      ...(item.roadblock ? { roadblock: true } : {}),
      ...(item.expectedCpmMicros === undefined ? {} : { expectedCpmMicros: item.expectedCpmMicros }),
      ...(item.category === undefined ? {} : { category: item.category }),
    })),
    creatives: lineItems.flatMap((item) =>
      item.creatives.map((text, position) => {
        const [width, height] = sides(text);
        const own = creativeId(item.id, position);
        const asset = `${String(own).padStart(64, '0')}.png`;
        const clickUrl = 'https://example.com/';
        return { id: own, type: 'image', width, height, asset, alt: '', clickUrl, caps: item.creativeCaps };
      }),
    ),
    landings: [],
  };
}

/** What a decision depends on beside the inventory, as the case has it. */
export function stateOf(
  { lineItems }: InventorySnapshot,
  { leases, seen, onPage, at }: FixtureCase['request'],
): DecisionState {
  const ofCreative = (creative: number) =>
    lineItems.find(({ creativeIds }) => creativeIds.includes(creative));
  const held = (at: 'left' | 'pace', other: number) =>
    Float64Array.from(lineItems, ({ id: one, goal, budget }) =>
      goal === undefined && budget === undefined
        ? Number.POSITIVE_INFINITY
        : (leases[String(one)]?.[at] ?? other),
    );
  const caps = new VisitorCaps();
  for (const { creative, minutesAgo } of seen.toSorted((a, b) => b.minutesAgo - a.minutesAgo)) {
    const lineItem = ofCreative(creative);
    const all = [{ events: 100, per: { unit: 'lifetime', count: 1 } }] as const;
    const rules = [
      ...creativeCaps({ id: creative, caps: all }),
      ...(lineItem === undefined ? [] : lineItemCaps({ ...lineItem, caps: all, campaignCaps: all })),
    ];
    caps.record('visitor', rules, Date.parse(at) - minutesAgo * 60_000);
  }
  const advertisers = new Map(
    onPage.flatMap((creative) => {
      const lineItem = ofCreative(creative);
      return lineItem?.category === undefined ? [] : [[lineItem.category, lineItem.advertiserId] as const];
    }),
  );
  return {
    allowance: { left: held('left', 0), pace: held('pace', 1), raised: 0 },
    seen: caps.of('visitor'),
    page:
      onPage.length === 0
        ? undefined
        : {
            hasCreative: (creative) => onPage.includes(creative),
            hasCompetitor: ({ lineItem: { category, advertiserId } }) =>
              category !== undefined && (advertisers.get(category) ?? advertiserId) !== advertiserId,
            canFill: () => true,
          },
  };
}
