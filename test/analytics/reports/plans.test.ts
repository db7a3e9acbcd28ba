import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import type { DeliveryPlan } from '../../../analytics/reports/plans.ts';
import { runReport } from '../../../analytics/reports/registry.ts';
import type { ReportRequest } from '../../../analytics/reports/report.ts';
import { scratchDirectory, silent } from '../clickhouse/support.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** A Monday. */
const start = Date.UTC(2026, 9, 19);
const common = { advertiser: 1, campaign: 5, timeZone: 'UTC' } as const;
const plans: readonly DeliveryPlan[] = [
  // Ten days of 100.
  {
    ...common,
    ...{ lineItem: 11, metric: 'impressions', amount: 1000, per: 'flight' },
    ...{ startMs: start, endMs: start + 10 * dayMs },
  },
  // Days of Kathmandu begin at 18:15 UTC; the first one is short, and has its whole amount all the same.
  {
    ...{ ...common, timeZone: 'Asia/Kathmandu', campaign: 6 },
    ...{ lineItem: 12, metric: 'clicks', amount: 24, per: 'day' },
    ...{ startMs: start + 12.25 * hourMs, endMs: Number.POSITIVE_INFINITY },
  },
];
let clickhouse: ClickHouse;

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(clickhouse, silent);
  const events = (type: string, lineItem: number, campaign: number, count: number, atMs: number) =>
    clickhouse.command(`INSERT INTO events (type, id, time, origin, advertiser, campaign, line_item, country)
      SELECT '${type}', cityHash64(number, ${atMs}, ${lineItem}), at, at, 1, ${campaign}, ${lineItem}, 'DE'
      FROM (SELECT number, fromUnixTimestamp64Milli(toInt64(${atMs}), 'UTC') AS at FROM numbers(${count}))`);
  await events('impression', 11, 5, 90, start + hourMs);
  await events('impression', 11, 5, 60, start + dayMs + hourMs);
  await events('click', 11, 5, 7, start + hourMs);
  await events('click', 12, 6, 30, start + 13 * hourMs);
  await events('impression', 12, 6, 500, start + 13 * hourMs);
  // Without a goal.
  await events('impression', 13, 6, 40, start + 13 * hourMs);
});
afterAll(() => clickhouse.close());

const metrics = ['planned', 'goalEvents', 'pacing'];
const ask = (more: Partial<ReportRequest>, nowMs = start + 30 * dayMs) =>
  runReport({ clickhouse, now: new Date(nowMs), plans: async () => plans }, 'delivery', {
    ...{ from: new Date(start), to: new Date(start + 2 * dayMs), timeZone: 'UTC', metrics },
    ...more,
  });

describe('the delivery report against plan', () => {
  it('compares what goals count with the part of the goals that is due in the range', async () => {
    const { rows, totals } = await ask({
      dimensions: ['lineItem'],
      sort: [{ column: 'lineItem', descending: false }],
    });
    // Of item 12: 24 until 18:15, 24 on the next day, and 5.75 hours of the third.
    const third = (24 * 5.75) / 24;
    expect(rows).toEqual([
      { lineItem: 11, planned: 200, goalEvents: 150, pacing: 0.75 },
      { lineItem: 12, planned: 48 + third, goalEvents: 30, pacing: 30 / (48 + third) },
      { lineItem: 13, planned: 0, goalEvents: 0, pacing: null },
    ]);
    expect(totals).toEqual({ planned: 248 + third, goalEvents: 180, pacing: 180 / (248 + third) });
  });

  it('has plans also where nothing was delivered, by day and by hour, up to now', async () => {
    const byDay = await ask({
      dimensions: ['day'],
      filters: [{ dimension: 'campaign', operator: 'eq', values: [5] }],
    });
    expect(byDay.rows).toEqual([
      { day: '2026-10-19', planned: 100, goalEvents: 90, pacing: 0.9 },
      { day: '2026-10-20', planned: 100, goalEvents: 60, pacing: 0.6 },
    ]);
    const now = start + dayMs + 6 * hourMs;
    const soFar = await ask({ filters: [{ dimension: 'lineItem', operator: 'eq', values: [11] }] }, now);
    expect(soFar.totals).toEqual({ planned: 125, goalEvents: 150, pacing: 1.2 });
    const { rows, totals } = await ask({ dimensions: ['hour', 'lineItem'] });
    const planned = rows.reduce((sum, row) => sum + Number(row['planned']), 0);
    expect(planned).toBeCloseTo(Number(totals['planned']), 1);
    expect(rows.filter(({ lineItem }) => lineItem === 11)).toHaveLength(48);
  });

  it('is not to be had by what plans do not know of', async () => {
    await expect(ask({ dimensions: ['country'] })).rejects.toMatchObject({ code: 'report_invalid' });
    const filters = [{ dimension: 'zone', operator: 'eq', values: [1] }] as const;
    await expect(ask({ filters })).rejects.toMatchObject({ code: 'report_invalid' });
  });
});
