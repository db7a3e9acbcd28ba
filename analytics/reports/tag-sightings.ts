import type { ClickHouse } from '../clickhouse/handle.ts';
import { countedForMs } from '../events/columns.ts';

/** Most pages told of. */
const mostPages = 100;

/** What a zone's tag did on one page. */
export interface TagSighting {
  /** Empty where the tag did not tell. */
  readonly page: string;
  readonly lastSeenMs: number;
  readonly requests: number;
  /** Of these, that count; the others are of bots, tests and the like. */
  readonly counted: number;
  readonly filled: number;
  readonly impressions: number;
  readonly viewable: number;
  /** The reason that most requests without an ad had. */
  readonly noFill: string;
}

/**
 * On which pages a zone's tag ran lately, the most recent first, out of all events that came, also those that do not count.
 * Rejects as ClickHouse does.
 */
export async function tagSightings(
  clickhouse: ClickHouse,
  zone: number,
  range: { readonly fromMs: number; readonly toMs: number },
  signal?: AbortSignal,
): Promise<TagSighting[]> {
  const rows = await clickhouse.query<Record<keyof TagSighting, string | number>>(
    `SELECT page, toUnixTimestamp64Milli(max(time)) AS lastSeenMs, uniqExactIf(id, type = 'ad_request') AS requests,
       uniqExactIf(id, type = 'ad_request' AND not_counted = '' AND invalid = '') AS counted,
       uniqExactIf(id, type = 'ad_request' AND no_fill = '') AS filled,
       uniqExactIf(id, type = 'impression') AS impressions, uniqExactIf(id, type = 'viewable') AS viewable,
       arrayElement(topKIf(1)(toString(no_fill), type = 'ad_request' AND no_fill != ''), 1) AS noFill
     FROM (
       -- What follows an ad request has no page of its own.
       SELECT type, id, time, not_counted, invalid, no_fill,
         max(if(type = 'ad_request', page, '')) OVER (PARTITION BY id) AS page
       FROM events
       WHERE zone = {zone:UInt32} AND type IN ('ad_request', 'impression', 'viewable')
         AND origin >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND time < fromUnixTimestamp64Milli({toMs:Int64} + ${countedForMs}, 'UTC')
     )
     GROUP BY page HAVING requests > 0 ORDER BY lastSeenMs DESC LIMIT ${mostPages}`,
    { zone, ...range },
    { lane: 'reports', signal, settings: { max_execution_time: 20 } },
  );
  return rows.map(({ page, noFill, ...numbers }) => ({
    ...(Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value)])) as Record<
      Exclude<keyof TagSighting, 'page' | 'noFill'>,
      number
    >),
    page: String(page),
    noFill: String(noFill),
  }));
}
