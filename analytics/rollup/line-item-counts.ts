import type { CallOptions, ClickHouse } from '../clickhouse/handle.ts';
import { trafficSource } from '../reports/traffic-source.ts';
import { reversalChanges } from '../validity/reversals.ts';
import { periodStates } from './state.ts';

/** Counted events of one line item, without duplicates. */
export interface LineItemCounts {
  readonly lineItem: number;
  readonly impressions: number;
  readonly viewable: number;
  readonly clicks: number;
}

/** Counts by line item over [`fromMs`, `toMs`), as reports have them; line items without events are left out. */
export async function lineItemCounts(
  clickhouse: ClickHouse,
  range: { fromMs: number; toMs: number },
  signal?: AbortSignal,
): Promise<LineItemCounts[]> {
  const options = { lane: 'jobs', signal } as const;
  const source = await sourceOf(clickhouse, range, options);
  return clickhouse.query<LineItemCounts>(
    `SELECT line_item AS lineItem, sum(impressions) AS impressions, sum(viewable_impressions) AS viewable,
       sum(clicks) AS clicks
     FROM (${source.sql}) WHERE line_item != 0 GROUP BY line_item`,
    source.parameters,
    options,
  );
}

/** Ad requests of one site in one quarter of an hour. */
export interface QuarterRequests {
  readonly site: number;
  readonly quarterMs: number;
  readonly adRequests: number;
}

/** Ad requests by site and quarter-hour over [`fromMs`, `toMs`). */
export async function adRequestsByQuarter(
  clickhouse: ClickHouse,
  range: { fromMs: number; toMs: number },
  signal?: AbortSignal,
): Promise<QuarterRequests[]> {
  const options = { lane: 'jobs', signal } as const;
  const source = await sourceOf(clickhouse, range, options);
  return clickhouse.query<QuarterRequests>(
    `SELECT site, toUnixTimestamp(quarter) * 1000 AS quarterMs, sum(ad_requests) AS adRequests
     FROM (${source.sql}) GROUP BY site, quarter HAVING adRequests > 0`,
    source.parameters,
    options,
  );
}

async function sourceOf(
  clickhouse: ClickHouse,
  range: { fromMs: number; toMs: number },
  options: CallOptions,
): Promise<ReturnType<typeof trafficSource>> {
  const reversals = await reversalChanges(clickhouse, options);
  return trafficSource(await periodStates(clickhouse, range, options, reversals), range, reversals);
}
