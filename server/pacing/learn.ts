import { type Kysely, sql } from 'kysely';
import { adRequestsByQuarter, type ClickHouse, lineItemCounts } from '../../analytics/index.ts';
import type { Tables } from '../database/index.ts';
import { expectedRates } from '../inventory/index.ts';
import { allSites } from './curve-choice.ts';
import { learnCurve, quartersOfDay } from './daily-curve.ts';
import { LocalDays } from './local-days.ts';
import { PacingStore } from './pacing-store.ts';

const dayMs = 86_400_000;
const curveDays = 14;
const rateDays = 30;
/** The assumption weighs as much as so many impressions. */
const assumedImpressions = 1000;
/** A rate that has changed by a smaller part than this is left as it is: each change makes a new snapshot. */
const noticeable = 0.05;

interface LearnParts {
  readonly db: Kysely<Tables>;
  readonly clickhouse: ClickHouse;
}

/** Learns, from the last fortnight, the daily curve of every site and of all together, in each time zone in use. */
export async function learnCurves({ db, clickhouse }: LearnParts, nowMs: number, signal: AbortSignal) {
  const toMs = Math.floor(nowMs / 900_000) * 900_000;
  const rows = await adRequestsByQuarter(clickhouse, { fromMs: toMs - curveDays * dayMs, toMs }, signal);
  const zones = await db.selectFrom('line_items').select('time_zone').distinct().execute();
  const store = new PacingStore(db);
  let curves = 0;
  for (const { time_zone: timeZone } of zones) {
    const days = new LocalDays(timeZone);
    const bySite = new Map<number, number[]>();
    for (const { site, quarterMs, adRequests } of rows) {
      const { startMs, endMs } = days.dayOf(quarterMs);
      const quarter = Math.floor(((quarterMs - startMs) / (endMs - startMs)) * quartersOfDay);
      for (const id of [allSites, site]) {
        let counts = bySite.get(id);
        if (counts === undefined) {
          counts = new Array<number>(quartersOfDay).fill(0);
          bySite.set(id, counts);
        }
        counts[quarter] = (counts[quarter] ?? 0) + adRequests;
      }
    }
    for (const [site, counts] of bySite) {
      const curve = learnCurve(counts);
      if (curve === undefined) continue;
      await store.keepCurve(site, timeZone, curve);
      curves++;
    }
  }
  return { curves };
}

/** Learns from the last month at which rates impressions are seen and clicked; eCPM is reckoned from them. */
export async function learnRates({ db, clickhouse }: LearnParts, nowMs: number, signal: AbortSignal) {
  const toMs = Math.floor(nowMs / 900_000) * 900_000;
  const counts = await lineItemCounts(clickhouse, { fromMs: toMs - rateDays * dayMs, toMs }, signal);
  const known = await db
    .selectFrom('line_items')
    .leftJoin('line_item_rates', 'line_item_rates.line_item_id', 'line_items.id')
    .where('line_items.price', 'is not', null)
    .select(['line_items.id', 'line_item_rates.viewable_rate', 'line_item_rates.click_rate'])
    .execute();
  const byId = new Map(counts.map((each) => [each.lineItem, each]));
  let rates = 0;
  for (const row of known) {
    const { impressions = 0, viewable = 0, clicks = 0 } = byId.get(row.id) ?? {};
    const rate = (events: number, assumed: number) =>
      Math.min(1, (events + assumed * assumedImpressions) / (impressions + assumedImpressions));
    const next = {
      viewable_rate: rate(viewable, expectedRates.viewable),
      click_rate: rate(clicks, expectedRates.clicks),
    };
    const before = {
      viewable_rate: row.viewable_rate ?? expectedRates.viewable,
      click_rate: row.click_rate ?? expectedRates.clicks,
    };
    if (!differs(before.viewable_rate, next.viewable_rate) && !differs(before.click_rate, next.click_rate)) {
      continue;
    }
    await db
      .insertInto('line_item_rates')
      .values({ line_item_id: row.id, ...next })
      .onConflict((on) => on.column('line_item_id').doUpdateSet({ ...next, updated_at: new Date(nowMs) }))
      .execute();
    rates++;
  }
  // The snapshot holds the eCPM: it has to be made again.
  if (rates > 0) await sql`UPDATE inventory_version SET version = version + 1`.execute(db);
  return { rates };
}

const differs = (before: number, next: number): boolean => Math.abs(next - before) > noticeable * before;
