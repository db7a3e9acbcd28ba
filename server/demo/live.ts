import type { Kysely } from 'kysely';
import { type ClickHouse, reports } from '../../analytics/index.ts';
import { type GeoDb, parseAddress, regionName, unknownLocation } from '../../geo-db/index.ts';
import type { DemoRouterOptions } from '../console/index.ts';
import type { Tables } from '../database/index.ts';
import { BrowserReader, explain, InventoryIndex, noKeyValues } from '../delivery/index.ts';
import { compileSnapshot } from '../inventory/index.ts';
import { demoZones } from './inventory/index.ts';

const dayMs = 86_400_000;
export const shippingEveryMs = 2000;

export interface DemoParts {
  readonly db: Kysely<Tables>;
  readonly clickhouse: ClickHouse;
  /** Opened when it is first needed: it takes 140 MB. */
  readonly geo: () => Promise<GeoDb>;
  readonly now: () => number;
}

type Live = Pick<
  DemoRouterOptions,
  'demoZones' | 'visitorCounts' | 'locate' | 'explain' | 'describeCreative'
>;

/** What the demo page shows, from the same inventory, decision and reports that everybody gets. */
export function demoLive({ db, clickhouse, geo, now }: DemoParts): Live {
  const locate = async (address: string) => {
    const parsed = parseAddress(address);
    return parsed === undefined ? unknownLocation : (await geo()).lookup(parsed);
  };
  return {
    demoZones: async () => {
      const zones = await demoZones(db);
      const leaderboard = zones.find(({ width }) => width === 728);
      const rectangle = zones.find(({ width }) => width === 300);
      if (leaderboard === undefined || rectangle === undefined) return null;
      return { siteId: rectangle.siteId, leaderboard: leaderboard.id, rectangle: rectangle.id };
    },
    locate: async (address) => {
      const { country, region, city } = await locate(address);
      return { country, region: region === undefined ? undefined : (regionName(region) ?? region), city };
    },
    visitorCounts: () => countsOfDemo(db, clickhouse, now()),
    explain: async ({ zone, address }) => {
      const inventory = new InventoryIndex(await compileSnapshot(db), '');
      const indexed = inventory.zone(zone);
      if (indexed === undefined) return { candidates: [], winner: null };
      const verdicts = explain(inventory, indexed, {
        location: await locate(address),
        browser: new BrowserReader().read(undefined),
        language: '',
        site: indexed.zone.siteId,
        zone,
        nowMs: now(),
        page: '',
        referrer: '',
        keyValues: noKeyValues,
        segments: [],
      });
      const names = await lineItemNames(db);
      const nameOf = (id: number) => names.get(id) ?? `Line item ${id}`;
      const drawn = verdicts.filter((verdict) => verdict.drawn);
      return {
        candidates: verdicts.map((verdict) => ({
          lineItem: nameOf(verdict.lineItemId),
          matched: verdict.drawn,
          why: verdict.reason,
        })),
        winner: drawn.length === 1 && drawn[0] !== undefined ? nameOf(drawn[0].lineItemId) : null,
      };
    },
    describeCreative: async (creativeId) => {
      const row = await db
        .selectFrom('creatives')
        .innerJoin('line_items', 'line_items.id', 'creatives.line_item_id')
        .innerJoin('campaigns', 'campaigns.id', 'line_items.campaign_id')
        .innerJoin('advertisers', 'advertisers.id', 'campaigns.advertiser_id')
        .select(['advertisers.name as advertiser', 'line_items.name as lineItem'])
        .where('creatives.id', '=', creativeId)
        .executeTakeFirst();
      return row ?? null;
    },
  };
}

async function lineItemNames(db: Kysely<Tables>): Promise<ReadonlyMap<number, string>> {
  const rows = await db.selectFrom('line_items').select(['id', 'name']).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Looks at the partitions of the days asked for alone: this runs once a second for each open demo page. */
const youngestEventSql = `SELECT toUnixTimestamp64Milli(max(time)) AS last FROM events
  WHERE site = {site:UInt32} AND origin >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')`;

/** Counts of the demo site over today and yesterday. */
async function countsOfDemo(db: Kysely<Tables>, clickhouse: ClickHouse, nowMs: number) {
  const site = (await demoZones(db))[0]?.siteId ?? 0;
  const fromMs = Math.floor(nowMs / dayMs) * dayMs - dayMs;
  const request = {
    from: new Date(fromMs),
    to: new Date(nowMs + dayMs),
    timeZone: 'UTC',
    filter: { site: [site] },
  };
  const context = { clickhouse, now: new Date(nowMs) };
  const [visitors, traffic, youngest] = await Promise.all([
    reports.visitors.run(context, {
      ...request,
      dimensions: ['country'],
      metrics: ['visitors', 'pageViews'],
    }),
    reports.traffic.run(context, { ...request, metrics: ['impressions'] }),
    clickhouse.query<{ last: number }>(youngestEventSql, { site, fromMs }),
  ]);
  const lastEventAtMs = youngest[0]?.last ?? 0;
  return {
    pageViews: Number(visitors.totals['pageViews']),
    impressions: Number(traffic.totals['impressions']),
    visitors: Number(visitors.totals['visitors']),
    countries: visitors.rows.map(({ country, visitors: count }) => ({
      country: country === '' || country === null || country === undefined ? null : String(country),
      visitors: Number(count),
    })),
    lastEventAtMs: lastEventAtMs > 0 ? lastEventAtMs : null,
    shippingEveryMs,
  };
}
