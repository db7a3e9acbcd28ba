import type { Kysely } from 'kysely';
import { type ClickHouse, lineItemCounts, type SampleCount, sampleRequests } from '../../analytics/index.ts';
import type { Tables } from '../database/index.ts';
import { requestCondition } from '../forecasting/index.ts';
import type { SnapshotLineItem, Targeting } from '../inventory/index.ts';
import type { Standing } from '../pacing/index.ts';

const dayMs = 86_400_000;

/** Why a line item delivers less than it could, or not at all; the first that holds, in this order. */
export const healthReasons = {
  archived: 'It, its campaign or its advertiser is archived.',
  paused: 'It is paused.',
  campaign_paused: 'Its campaign is paused.',
  advertiser_paused: 'Its advertiser is paused.',
  ended: 'It has ended.',
  not_started: 'It has not started yet.',
  no_creative: 'It has no active creative.',
  not_approved: 'None of its creatives is approved.',
  no_zone: 'No active zone takes a size that its creatives have.',
  reached: 'Its goal is reached, or its budget is spent.',
  no_requests: 'Zones that take its creatives were not asked for in the last 24 hours.',
  nothing_matches: 'Nothing in the last 24 hours matched its targeting.',
  few_match: 'Too little matches its targeting: even all of it would not be enough for the plan.',
  ahead: 'It is ahead of its plan, and waits.',
  capped: 'Visitors have seen it as often as its caps allow.',
  lost: 'Others go before it.',
} as const;
export type HealthReason = keyof typeof healthReasons;

/** - `idle`: cannot deliver; `running`: delivers, without a plan to compare with */
export type HealthState = 'idle' | 'waiting' | 'reached' | 'ahead' | 'on_plan' | 'behind' | 'running';

export interface LastDay {
  /** Ad requests of zones that take its creatives. */
  readonly requests: number;
  /** Of these, that match its targeting. */
  readonly matching: number;
  /** Of these, that it got. */
  readonly won: number;
  /** That match and got no ad since all that matched were capped. */
  readonly capped: number;
}

export interface Health {
  readonly lineItemId: number;
  readonly state: HealthState;
  /** null: nothing is wrong. */
  readonly reason: HealthReason | null;
  readonly standing: Standing | undefined;
  /** Of the last 24 hours; null where it cannot run. */
  readonly lastDay: LastDay | null;
  readonly counts: { readonly impressions: number; readonly viewable: number; readonly clicks: number };
}

export interface HealthParts {
  readonly db: Kysely<Tables>;
  readonly clickhouse: ClickHouse;
  readonly standings: (
    lineItems: readonly SnapshotLineItem[],
    nowMs: number,
  ) => Promise<ReadonlyMap<number, Standing>>;
}

/** How line items are doing, and why. Rejects as ClickHouse does. */
export async function healthOf(
  { db, clickhouse, standings }: HealthParts,
  ids: readonly number[],
  nowMs: number,
  signal?: AbortSignal,
): Promise<Health[]> {
  const rows = await rowsOf(db, ids);
  const zones = await zonesBySize(db);
  const books = await standings(rows.map(pacedTerms), nowMs);
  const facts = rows.map((row) => ({
    row,
    standing: books.get(row.id),
    zones: [...new Set(row.sizes.flatMap((size) => zones.get(size) ?? []))],
  }));
  const live = facts.filter((each) => idleReason(each, nowMs) === undefined);
  const [lastDays, totals] = await Promise.all([
    countLastDay(clickhouse, live, nowMs, signal),
    lineItemCounts(clickhouse, { fromMs: nowMs - dayMs, toMs: nowMs }, signal),
  ]);
  const counted = new Map(totals.map((each) => [each.lineItem, each]));
  return facts.map((each) => {
    const { row, standing } = each;
    const lastDay = lastDays.get(row.id) ?? null;
    const { impressions = 0, viewable = 0, clicks = 0 } = counted.get(row.id) ?? {};
    return {
      lineItemId: row.id,
      ...judge(each, idleReason(each, nowMs), lastDay),
      standing,
      lastDay,
      counts: {
        impressions: Number(impressions),
        viewable: Number(viewable),
        clicks: Number(clicks),
      },
    };
  });
}

interface Facts {
  readonly row: Row;
  readonly standing: Standing | undefined;
  /** Active ones that take a size of its approved creatives. */
  readonly zones: readonly number[];
}

type Row = Awaited<ReturnType<typeof rowsOf>>[number];

async function rowsOf(db: Kysely<Tables>, ids: readonly number[]) {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('line_items')
    .innerJoin('campaigns', 'campaigns.id', 'line_items.campaign_id')
    .innerJoin('advertisers', 'advertisers.id', 'campaigns.advertiser_id')
    .selectAll('line_items')
    .select(['campaigns.status as campaign_status', 'advertisers.status as advertiser_status'])
    .select('campaigns.advertiser_id')
    .where('line_items.id', 'in', ids)
    .orderBy('line_items.id')
    .execute();
  const creatives = await db
    .selectFrom('creatives')
    .select(['line_item_id', 'width', 'height', 'approval'])
    .where('line_item_id', 'in', ids)
    .where('status', '=', 'active')
    .execute();
  return rows.map((row) => {
    const own = creatives.filter((creative) => creative.line_item_id === row.id);
    const approved = own.filter(({ approval }) => approval === 'approved');
    return {
      ...row,
      hasCreative: own.length > 0,
      sizes: [...new Set(approved.map(({ width, height }) => `${width}x${height}`))],
    };
  });
}

async function zonesBySize(db: Kysely<Tables>): Promise<Map<string, number[]>> {
  const rows = await db
    .selectFrom('zones')
    .innerJoin('sites', 'sites.id', 'zones.site_id')
    .where('zones.status', '=', 'active')
    .where('sites.status', '=', 'active')
    .select(['zones.id', 'zones.sizes'])
    .execute();
  const found = new Map<string, number[]>();
  for (const { id, sizes } of rows) {
    for (const [width, height] of sizes) {
      const size = `${width}x${height}`;
      found.set(size, [...(found.get(size) ?? []), id]);
    }
  }
  return found;
}

/** What the books need of a line item; also of one that is in no snapshot. */
function pacedTerms(row: Row): SnapshotLineItem {
  return {
    ...{ id: row.id, campaignId: row.campaign_id, advertiserId: row.advertiser_id },
    ...{ type: row.type, weight: row.weight, pacing: row.pacing, timeZone: row.time_zone, creativeIds: [] },
    ...{ startMs: row.start_at?.getTime() ?? null, endMs: row.end_at?.getTime() ?? null },
    targeting: row.targeting as Targeting | null,
    ...(row.goal === null ? {} : { goal: row.goal as NonNullable<SnapshotLineItem['goal']> }),
    ...(row.budget === null ? {} : { budget: row.budget as NonNullable<SnapshotLineItem['budget']> }),
    ...(row.price === null ? {} : { price: row.price as NonNullable<SnapshotLineItem['price']> }),
  };
}

function idleReason({ row, zones }: Facts, nowMs: number): HealthReason | undefined {
  const { status, campaign_status: campaign, advertiser_status: advertiser } = row;
  if ([status, campaign, advertiser].includes('archived')) return 'archived';
  if (status === 'paused') return 'paused';
  if (campaign === 'paused') return 'campaign_paused';
  if (advertiser === 'paused') return 'advertiser_paused';
  if (row.end_at !== null && row.end_at.getTime() <= nowMs) return 'ended';
  if (!row.hasCreative) return 'no_creative';
  if (row.sizes.length === 0) return 'not_approved';
  if (zones.length === 0) return 'no_zone';
  if (row.start_at !== null && row.start_at.getTime() > nowMs) return 'not_started';
  return undefined;
}

/** In one pass over the requests of the day, for all line items together. */
async function countLastDay(
  clickhouse: ClickHouse,
  live: readonly Facts[],
  nowMs: number,
  signal: AbortSignal | undefined,
): Promise<Map<number, LastDay>> {
  if (live.length === 0) return new Map();
  const conditions = live.flatMap(({ row, zones }) => [
    { column: 'zone', in: zones } as const,
    row.targeting === null ? { and: [] } : requestCondition(row.targeting as Targeting),
  ]);
  const counts = live.flatMap(({ row }, index): SampleCount[] => {
    const [scope, match] = [index * 2, index * 2 + 1];
    return [
      { all: [scope] },
      { all: [scope, match] },
      { all: [], lineItem: row.id },
      { all: [scope, match], noFill: 'capped' },
    ];
  });
  const sample = await sampleRequests(clickhouse, { conditions, counts, spanMs: dayMs }, nowMs, signal);
  return new Map(
    live.map(({ row }, index) => {
      const [requests = 0, matching = 0, won = 0, capped = 0] = sample.counts.slice(index * 4);
      return [row.id, { requests, matching, won, capped }];
    }),
  );
}

function judge(
  { row, standing }: Facts,
  idle: HealthReason | undefined,
  lastDay: LastDay | null,
): Pick<Health, 'state' | 'reason'> {
  if (idle === 'not_started') return { state: 'waiting', reason: idle };
  if (idle !== undefined) return { state: 'idle', reason: idle };
  const states = [standing?.goal?.state, standing?.budget?.state];
  if (states.includes('reached')) return { state: 'reached', reason: 'reached' };
  if (states.includes('ahead')) return { state: 'ahead', reason: 'ahead' };
  const behind = states.includes('behind');
  const reason = lastDay === null ? null : lackOf(row, lastDay, standing, behind);
  if (behind) return { state: 'behind', reason };
  if (states.includes('on_plan')) return { state: 'on_plan', reason: null };
  return { state: 'running', reason: lastDay?.won === 0 ? reason : null };
}

/** What keeps it from more, by what became of the requests of the day. */
function lackOf(
  row: Row,
  { requests, matching, won, capped }: LastDay,
  standing: Standing | undefined,
  behind: boolean,
): HealthReason | null {
  if (requests === 0) return 'no_requests';
  if (matching === 0) return 'nothing_matches';
  const plannedPerDay = (standing?.adsPerSecond ?? 0) * (dayMs / 1000);
  if (behind && matching < plannedPerDay) return 'few_match';
  // What it did not win went to others, or to nobody because of the caps.
  if (capped > 0 && row.caps.length > 0 && capped >= (matching - won) / 2) return 'capped';
  return won < matching ? 'lost' : null;
}
