import type { ClickHouse } from '../clickhouse/handle.ts';
import { countedForMs } from '../events/columns.ts';
import { dimensionsOf } from './dimensions.ts';
import { filterParameters, filterSql } from './grouped-query.ts';
import type { ReportDefinition, ReportFilter } from './report.ts';
import { checkRequest } from './request.ts';

export const liveMinutes = 30;
const minuteMs = 60_000;
/** Most pages and countries. */
const mostRows = 50;

export interface LiveCount {
  readonly pageViews: number;
  readonly visitors: number;
}

export interface LiveVisitors extends LiveCount {
  /** Page views of each of the last 30 minutes, the oldest first; the last one is still going on. */
  readonly minutes: readonly number[];
  /** Those with most visitors; empty text where unknown. */
  readonly countries: readonly (LiveCount & { readonly country: string })[];
  readonly pages: readonly (LiveCount & { readonly page: string })[];
}

/** What page views of the last minutes can be filtered by. */
const definition: ReportDefinition = {
  name: 'live-visitors',
  title: 'Live visitors',
  description: 'Page views of the last 30 minutes.',
  dimensions: dimensionsOf([
    ...(['site', 'country', 'region', 'city', 'page', 'referrer'] as const),
    ...(['browser', 'browserVersion', 'os', 'device', 'language'] as const),
  ]),
  metrics: {
    pageViews: { type: 'count', definition: 'Page views.', additive: true, aggregate: () => 'count()' },
  },
};

export interface LiveOptions {
  /** Only these; default: all. */
  readonly sites?: readonly number[] | undefined;
  /** All have to hold. */
  readonly filters?: readonly ReportFilter[];
  readonly signal?: AbortSignal;
}

/**
 * Who was here in the last 30 minutes, out of the raw page views that count, in one pass over the last hours. Marks that
 * are made later are not looked at. Rejects with `report_invalid` where a filter does not fit, or as ClickHouse does.
 */
export async function liveVisitors(
  clickhouse: ClickHouse,
  nowMs: number,
  { sites, filters: asked = [], signal }: LiveOptions = {},
): Promise<LiveVisitors> {
  const fromMs = Math.floor(nowMs / minuteMs) * minuteMs - (liveMinutes - 1) * minuteMs;
  const { filters } = checkRequest(definition, {
    ...{ from: new Date(fromMs), to: new Date(nowMs), timeZone: 'UTC', filters: asked },
  });
  const rows = await clickhouse.query<{
    kind: 'all' | 'minute' | 'country' | 'page';
    key: string;
    minute: number;
    views: number;
    people: number;
  }>(
    `SELECT multiIf(grouping(at) = 0, 'minute', grouping(land) = 0, 'country', grouping(address) = 0, 'page', 'all') AS kind,
       if(kind = 'country', land, address) AS key, at AS minute, uniqExact(id) AS views,
       uniqExactIf(visitor, visitor != 0) AS people
     FROM (
       SELECT id, visitor, toString(country) AS land, page AS address,
         intDiv(toUnixTimestamp64Milli(time) - {fromMs:Int64}, ${minuteMs}) AS at
       FROM events
       WHERE type = 'page_view' AND not_counted = '' AND invalid = ''
         AND origin >= fromUnixTimestamp64Milli({fromMs:Int64} - ${countedForMs}, 'UTC')
         AND time >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND time <= fromUnixTimestamp64Milli({nowMs:Int64}, 'UTC')
         AND ({all:Bool} OR has({sites:Array(UInt32)}, site)) AND ${filterSql(definition, filters)}
     )
     GROUP BY GROUPING SETS ((at), (land), (address), ())
     ORDER BY kind, people DESC, views DESC, key
     LIMIT ${mostRows} BY kind`,
    { fromMs, nowMs, all: sites === undefined, sites: sites ?? [], ...filterParameters(filters) },
    {
      lane: 'reports',
      signal,
      settings: { max_execution_time: 10, force_grouping_standard_compatibility: 1 },
    },
  );
  const of = (kind: string) => rows.filter((row) => row.kind === kind);
  const counts = ({ views, people }: { views: number; people: number }) => ({
    ...{ pageViews: Number(views), visitors: Number(people) },
  });
  const [all = { views: 0, people: 0 }] = of('all');
  const minutes = new Array<number>(liveMinutes).fill(0);
  for (const { minute, views } of of('minute')) minutes[Number(minute)] = Number(views);
  return {
    ...counts(all),
    minutes,
    countries: of('country').map((row) => ({ country: row.key, ...counts(row) })),
    pages: of('page').map((row) => ({ page: row.key, ...counts(row) })),
  };
}
