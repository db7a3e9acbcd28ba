import { z } from 'zod';
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
});

const request = z.strictObject({
  zone: id.default(1),
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
  at: instant.default('2026-11-23T12:00:00Z'),
  /** Random numbers in [0, 1) in the order in which they are asked for; the last goes on for ever. */
  random: z.array(z.number().min(0).lt(1)).min(1).default([0]),
});

const expected = z.union([
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
  cases: z.array(z.strictObject({ about: z.string().min(5), request, expect: expected })).min(1),
});

export type Fixture = z.output<typeof fixtureSchema>;

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
      campaignId: item.id,
      advertiserId: item.id,
      type: item.type,
      weight: item.weight,
      startMs: ms(item.start),
      endMs: ms(item.end),
      targeting: item.targeting ?? null,
      creativeIds: item.creatives.map((_, position) => creativeId(item.id, position)),
    })),
    creatives: lineItems.flatMap((item) =>
      item.creatives.map((text, position) => {
        const [width, height] = sides(text);
        const own = creativeId(item.id, position);
        const asset = `${String(own).padStart(64, '0')}.png`;
        return { id: own, type: 'image', width, height, asset, alt: '', clickUrl: 'https://example.com/' };
      }),
    ),
    landings: [],
  };
}
