import { createHash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from '../database/index.ts';
import { linksOf, snapshotCreative } from './compile-creative.ts';
import { readInterests } from './compile-interests.ts';
import { type Budget, type Cap, expectedCpmMicros, type Goal, type Price } from './delivery-terms.ts';
import type {
  InventorySnapshot,
  SnapshotAdvertiser,
  SnapshotConversionAction,
  SnapshotCreative,
  SnapshotLanding,
  SnapshotLineItem,
  SnapshotSite,
  SnapshotZone,
} from './snapshot.ts';
import type { Targeting } from './targeting.ts';

/**
 * The inventory as delivery needs it, all as of one moment. In are only what is active with all its parents, line
 * items that have not ended at `nowMs` and have a creative, and the zones of active sites; those that start later are
 * in too. Everything is in the order of ids.
 */
export function compileSnapshot(db: Kysely<Tables>, nowMs: number = Date.now()): Promise<InventorySnapshot> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (transaction) => {
      const { version } = await transaction
        .selectFrom('inventory_version')
        .select('version')
        .executeTakeFirstOrThrow();
      const creatives = await readCreatives(transaction, nowMs);
      const lineItems = await readLineItems(transaction, nowMs, creativesByLineItem(creatives));
      return {
        version,
        madeAtMs: nowMs,
        zones: await readZones(transaction),
        lineItems,
        creatives: creatives.map(({ creative }) => creative),
        landings: await readLandings(transaction, nowMs),
        sites: await readSites(transaction),
        conversionActions: await readConversionActions(transaction),
        advertisers: await readAdvertisers(transaction),
        ...(await readInterests(transaction)),
      };
    });
}

interface CreativeOfLineItem {
  readonly creative: SnapshotCreative;
  readonly lineItemId: number;
  readonly approved: boolean;
}

interface CreativeIds {
  readonly approved: number[];
  readonly others: number[];
}

function creativesByLineItem(creatives: readonly CreativeOfLineItem[]): Map<number, CreativeIds> {
  const ids = new Map<number, CreativeIds>();
  for (const { creative, lineItemId, approved } of creatives) {
    const lists = ids.get(lineItemId) ?? { approved: [], others: [] };
    lists[approved ? 'approved' : 'others'].push(creative.id);
    ids.set(lineItemId, lists);
  }
  return ids;
}

/** Line items that can be shown now or later, with their campaigns and advertisers. */
function liveLineItems(transaction: Transaction<Tables>, nowMs: number) {
  return transaction
    .selectFrom('line_items')
    .innerJoin('campaigns', 'campaigns.id', 'line_items.campaign_id')
    .innerJoin('advertisers', 'advertisers.id', 'campaigns.advertiser_id')
    .where('line_items.status', '=', 'active')
    .where('campaigns.status', '=', 'active')
    .where('advertisers.status', '=', 'active')
    .where((where) =>
      where.or([where('line_items.end_at', 'is', null), where('line_items.end_at', '>', new Date(nowMs))]),
    );
}

async function readCreatives(transaction: Transaction<Tables>, nowMs: number): Promise<CreativeOfLineItem[]> {
  const rows = await liveLineItems(transaction, nowMs)
    .innerJoin('creatives', 'creatives.line_item_id', 'line_items.id')
    .leftJoin('assets', 'assets.hash', 'creatives.asset')
    .leftJoin('assets as double', 'double.hash', 'creatives.asset_2x')
    .where('creatives.status', '=', 'active')
    .select([
      'creatives.id',
      'creatives.line_item_id',
      'creatives.type',
      'creatives.width',
      'creatives.height',
      'creatives.asset',
      'creatives.asset_2x',
      'creatives.alt',
      'creatives.click_url',
      'creatives.caps',
      'creatives.content',
      'creatives.links',
      'creatives.approval',
      'assets.content_type',
      'double.content_type as content_type_2x',
    ])
    .orderBy('creatives.id')
    .execute();
  return rows.map((row) => ({
    creative: snapshotCreative(row),
    lineItemId: row.line_item_id,
    approved: row.approval === 'approved',
  }));
}

/** For how long a creative that stopped running keeps its landing. */
const landingMs = 7 * 24 * 3600 * 1000;

/**
 * Creatives that are not live and were, or whose parents were, changed within the last week, or ended in it. A few
 * that never ran are among them, which does no harm.
 */
async function readLandings(transaction: Transaction<Tables>, nowMs: number): Promise<SnapshotLanding[]> {
  const now = new Date(nowMs);
  const since = new Date(nowMs - landingMs);
  const rows = await transaction
    .selectFrom('creatives')
    .innerJoin('line_items', 'line_items.id', 'creatives.line_item_id')
    .innerJoin('campaigns', 'campaigns.id', 'line_items.campaign_id')
    .innerJoin('advertisers', 'advertisers.id', 'campaigns.advertiser_id')
    .where((where) =>
      where.or([
        where('creatives.status', '!=', 'active'),
        where('line_items.status', '!=', 'active'),
        where('campaigns.status', '!=', 'active'),
        where('advertisers.status', '!=', 'active'),
        where('line_items.end_at', '<=', now),
      ]),
    )
    .where((where) =>
      where.or([
        where('creatives.updated_at', '>', since),
        where('line_items.updated_at', '>', since),
        where('campaigns.updated_at', '>', since),
        where('advertisers.updated_at', '>', since),
        where.between('line_items.end_at', since, now),
      ]),
    )
    .select(['creatives.id', 'creatives.click_url', 'creatives.links', 'line_items.price'])
    .orderBy('creatives.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    clickUrl: row.click_url,
    ...linksOf(row.links),
    ...(row.price === null ? {} : { price: row.price as Price }),
  }));
}

async function readLineItems(
  transaction: Transaction<Tables>,
  nowMs: number,
  creativeIds: ReadonlyMap<number, CreativeIds>,
): Promise<SnapshotLineItem[]> {
  const rows = await liveLineItems(transaction, nowMs)
    .leftJoin('line_item_rates', 'line_item_rates.line_item_id', 'line_items.id')
    .select([
      'line_items.id',
      'line_items.campaign_id',
      'campaigns.advertiser_id',
      'line_items.type',
      'line_items.weight',
      'line_items.start_at',
      'line_items.end_at',
      'line_items.targeting',
      'line_items.share',
      'line_items.goal',
      'line_items.budget',
      'line_items.price',
      'line_items.pacing',
      'line_items.time_zone',
      'line_items.caps',
      'line_items.roadblock',
      'campaigns.caps as campaign_caps',
      'campaigns.category',
      'line_item_rates.viewable_rate',
      'line_item_rates.click_rate',
    ])
    .orderBy('line_items.id')
    .execute();
  return rows.flatMap((row) => {
    const creatives = creativeIds.get(row.id);
    if (creatives === undefined) return [];
    return {
      id: row.id,
      campaignId: row.campaign_id,
      advertiserId: row.advertiser_id,
      type: row.type,
      weight: row.weight,
      startMs: row.start_at?.getTime() ?? null,
      endMs: row.end_at?.getTime() ?? null,
      targeting: row.targeting as Targeting | null,
      creativeIds: creatives.approved,
      ...(creatives.others.length === 0 ? {} : { previewIds: creatives.others }),
      ...termsOf(row),
    };
  });
}

interface TermsRow {
  readonly share: number | null;
  readonly goal: object | null;
  readonly budget: object | null;
  readonly price: object | null;
  readonly pacing: 'even' | 'asap';
  readonly time_zone: string;
  readonly caps: object[];
  readonly roadblock: boolean;
  readonly campaign_caps: object[];
  readonly category: string | null;
  readonly viewable_rate: number | null;
  readonly click_rate: number | null;
}

/** The terms of delivery, without those that are as everywhere: most line items have few. */
function termsOf(row: TermsRow): Partial<SnapshotLineItem> {
  const goal = (row.goal ?? undefined) as Goal | undefined;
  const price = (row.price ?? undefined) as Price | undefined;
  const rates =
    row.viewable_rate === null || row.click_rate === null
      ? undefined
      : { viewable: row.viewable_rate, clicks: row.click_rate };
  return {
    ...(row.share === null ? {} : { share: row.share }),
    ...(goal === undefined ? {} : { goal }),
    ...(row.budget === null ? {} : { budget: row.budget as Budget }),
    ...(price === undefined ? {} : { price, expectedCpmMicros: expectedCpmMicros(price, goal, rates) }),
    ...(row.pacing === 'even' ? {} : { pacing: row.pacing }),
    ...(row.time_zone === 'UTC' ? {} : { timeZone: row.time_zone }),
    ...(row.caps.length === 0 ? {} : { caps: row.caps as Cap[] }),
    ...(row.campaign_caps.length === 0 ? {} : { campaignCaps: row.campaign_caps as Cap[] }),
    ...(row.category === null ? {} : { category: row.category }),
    ...(row.roadblock ? { roadblock: true } : {}),
  };
}

async function readZones(transaction: Transaction<Tables>): Promise<SnapshotZone[]> {
  const rows = await transaction
    .selectFrom('zones')
    .innerJoin('sites', 'sites.id', 'zones.site_id')
    .where('zones.status', '=', 'active')
    .where('sites.status', '=', 'active')
    .select(['zones.id', 'zones.site_id', 'zones.sizes'])
    .orderBy('zones.id')
    .execute();
  return rows.map((row) => ({ id: row.id, siteId: row.site_id, sizes: row.sizes }));
}

function readSites(transaction: Transaction<Tables>): Promise<SnapshotSite[]> {
  return transaction
    .selectFrom('sites')
    .where('status', '=', 'active')
    .select(['id', 'domain'])
    .orderBy('id')
    .execute();
}

/** Those whose ads may be seen, or may still be on a screen. */
async function readAdvertisers(transaction: Transaction<Tables>): Promise<SnapshotAdvertiser[]> {
  const rows = await transaction
    .selectFrom('advertisers')
    .where('status', '!=', 'archived')
    .select(['id', 'name', 'payer', 'visitor_values'])
    .orderBy('id')
    .execute();
  return rows.map(({ visitor_values: visitorValues, ...row }) => ({
    ...row,
    ...(visitorValues ? { visitorValues } : {}),
  }));
}

async function readConversionActions(transaction: Transaction<Tables>): Promise<SnapshotConversionAction[]> {
  const rows = await transaction
    .selectFrom('conversion_actions')
    .innerJoin('advertisers', 'advertisers.id', 'conversion_actions.advertiser_id')
    .where('conversion_actions.status', '=', 'active')
    // Of a paused advertiser people still buy what they clicked on before.
    .where('advertisers.status', '!=', 'archived')
    .select([
      'conversion_actions.id',
      'conversion_actions.advertiser_id',
      'conversion_actions.secret',
      'conversion_actions.click_id',
      'conversion_actions.pixel',
    ])
    .orderBy('conversion_actions.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    advertiserId: row.advertiser_id,
    secretHash: createHash('sha256').update(row.secret).digest('hex'),
    clickId: row.click_id,
    pixel: row.pixel,
  }));
}
