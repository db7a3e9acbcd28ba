import type { CallOptions, ClickHouse } from '../clickhouse/handle.ts';
import { reversalChanges } from '../validity/reversals.ts';
import { type CubeQuery, type CubeSource, cubeSource } from './cube-source.ts';
import { trafficCube } from './cubes.ts';
import { quarterMs } from './period.ts';
import { cubeState } from './state.ts';
import type { Span } from './time-plan.ts';

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
  const source = await sourceOf(clickhouse, range, options, {
    dimensions: ['line_item'],
    sums: ['impressions', 'viewable_impressions', 'clicks'],
    cuts: [],
  });
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
  const source = await sourceOf(clickhouse, range, options, {
    dimensions: ['site'],
    sums: ['ad_requests'],
    cuts: quartersOf(range),
  });
  return clickhouse.query<QuarterRequests>(
    `SELECT site, toUnixTimestamp(bucket) * 1000 AS quarterMs, sum(ad_requests) AS adRequests
     FROM (${source.sql}) GROUP BY site, bucket HAVING adRequests > 0`,
    source.parameters,
    options,
  );
}

async function sourceOf(
  clickhouse: ClickHouse,
  range: Span,
  options: CallOptions,
  select: Pick<CubeQuery, 'dimensions' | 'sums' | 'cuts'>,
): Promise<CubeSource> {
  const reversals = await reversalChanges(clickhouse, options);
  const state = await cubeState(clickhouse, trafficCube, range, options, reversals);
  const filter = { sql: '1', parameters: {} };
  return cubeSource({ ...range, ...select, filter, cube: trafficCube, state, reversals });
}

function quartersOf({ fromMs, toMs }: Span): number[] {
  const quarters: number[] = [];
  for (let at = Math.ceil(fromMs / quarterMs) * quarterMs; at < toMs; at += quarterMs) quarters.push(at);
  return quarters;
}
