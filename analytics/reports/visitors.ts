import { periodMs } from '../rollup/period.ts';
import { periodStates } from '../rollup/state.ts';
import { counted } from '../validity/counted.ts';
import { reversalChanges } from '../validity/reversals.ts';
import { finalUntilMs } from './finality.ts';
import type { GroupedReport } from './grouped-query.ts';
import type { Dimension, Metric, ReportDefinition } from './report.ts';
import type { CheckedRequest } from './request.ts';
import { timeExpressions } from './time-zone.ts';

/** A visitor's page view so long after the one before begins a new visit. */
export const visitGapMs = 1_800_000;

const { day, hour, hourOrder } = timeExpressions('time');

const dimensions: Readonly<Record<string, Dimension>> = {
  site: {
    type: 'id',
    definition:
      'Site of the page. A filter by site looks at the page views of those sites alone: visits and visitors are those ' +
      'of the sites, whatever else the visitors looked at before.',
    expression: 'site',
    filterType: 'UInt32',
  },
  country: {
    type: 'text',
    definition: "Country of the visitor's address (ISO 3166-1 alpha-2).",
    expression: 'country',
    filterType: 'String',
  },
  region: {
    type: 'text',
    definition: "Region of the visitor's address (ISO 3166-2).",
    expression: 'region',
    filterType: 'String',
  },
  city: {
    type: 'text',
    definition: "City of the visitor's address. Ask for it together with country: names repeat.",
    expression: 'city',
    filterType: 'String',
  },
  day: {
    type: 'day',
    definition: "Day of the page view, in the report's time zone.",
    expression: day,
    order: day,
  },
  hour: {
    type: 'hour',
    definition: "Hour of the page view, in the report's time zone.",
    expression: hour,
    order: hourOrder,
  },
};

const metrics: Readonly<Record<string, Metric>> = {
  pageViews: { type: 'count', definition: 'Page views.', additive: true, aggregate: () => 'count()' },
  visits: {
    type: 'count',
    definition:
      'Visits that begin in the range: page views with no page view of the same visitor in the 30 minutes before. A ' +
      'visit counts once, at the time and place of its first page view, so the rows add up to the total.',
    additive: true,
    aggregate: () => 'countIf(begins_visit)',
  },
  visitors: {
    type: 'count',
    definition:
      'Different visitors. By place, a visitor counts once, where first seen in the range, so the rows add up to the ' +
      'total. By day or hour, a visitor counts once in each day or hour, at the place first seen in it; the total ' +
      'counts a visitor once, so it is at most the sum of the rows. Without consent a visitor is a new one each day.',
    additive: false,
    aggregate: (total) => `if(${total}, countIf(first_in_range), countIf(first_in_bucket))`,
  },
};

export const visitorsDefinition: ReportDefinition = {
  name: 'visitors',
  title: 'Visitors',
  description: 'Page views, visits and different visitors by place and time.',
  dimensions,
  metrics,
};

/**
 * Each page view of the range once, with what it opens: a visit, a visitor in the range, a visitor in the day or hour.
 * The page views of the half hour before are read too, since they tell whether a visit goes on. Visitor 0 is a page
 * view without a visitor, and counts as page view only. Filters come after this, so that they never change what a
 * visit or a first page view is; only the choice of sites comes before it.
 */
function pageViews(counting: string, bucket: string, ofSites: boolean): string {
  const instant = (parameter: string) => `fromUnixTimestamp64Milli({${parameter}:Int64}, 'UTC')`;
  return `SELECT time, site, country, region, city,
    visitor != 0 AND toUnixTimestamp64Milli(time) - before_ms >= {gapMs:Int64} AS begins_visit,
    visitor != 0 AND nth_in_range = 1 AS first_in_range,
    visitor != 0 AND nth_in_bucket = 1 AS first_in_bucket
  FROM (
    SELECT time, visitor, site, country, region, city, in_range,
      lagInFrame(toUnixTimestamp64Milli(time), 1, toInt64(-{gapMs:Int64}))
        OVER (PARTITION BY visitor ORDER BY time, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before_ms,
      row_number() OVER (PARTITION BY visitor, in_range ORDER BY time, id) AS nth_in_range,
      row_number() OVER (PARTITION BY visitor, in_range, bucket ORDER BY time, id) AS nth_in_bucket
    FROM (
      SELECT id, time, visitor, site, country, region, city, time >= ${instant('fromMs')} AS in_range, ${bucket} AS bucket
      FROM (
        SELECT origin, id, time, visitor, site, country, region, city
        FROM events
        WHERE type = 'page_view' AND ${counting}
          AND origin >= ${instant('originFromMs')} AND origin < ${instant('originToMs')}${ofSites ? ' AND has({sites:Array(UInt32)}, site)' : ''}
        ORDER BY toStartOfHour(origin), type, id, time, visitor, site, country, region, city
        LIMIT 1 BY toStartOfHour(origin), id
      )
      WHERE time >= ${instant('lookbackMs')} AND time < ${instant('toMs')}
    )
  )
  WHERE in_range`;
}

const markedPeriods = `period >= fromUnixTimestamp64Milli({originFromMs:Int64}, 'UTC')
    AND period < fromUnixTimestamp64Milli({originToMs:Int64}, 'UTC')`;

/** Visitors by place and time, from the raw page views. */
export const visitorsReport: GroupedReport = {
  definition: visitorsDefinition,
  async source({ clickhouse, now, signal }, request) {
    const lookbackMs = request.fromMs - visitGapMs;
    const options = { lane: 'reports', signal } as const;
    const reversals = await reversalChanges(clickhouse, options);
    const range = { fromMs: lookbackMs, toMs: request.toMs };
    const states = await periodStates(clickhouse, range, options, reversals);
    const counting = counted(reversals, markedPeriods);
    const sites = request.filters.find(
      ({ dimension, operator }) => dimension === 'site' && (operator === 'eq' || operator === 'in'),
    )?.values;
    const inRange = states.filter((state) => state.lastMs >= request.fromMs);
    return {
      sql: pageViews(counting.sql, bucketOf(request), sites !== undefined),
      parameters: {
        fromMs: request.fromMs,
        toMs: request.toMs,
        lookbackMs,
        gapMs: visitGapMs,
        ...counting.parameters,
        ...(sites === undefined ? {} : { sites }),
        originFromMs: states[0]?.periodMs ?? 0,
        originToMs: (states.at(-1)?.periodMs ?? 0) + periodMs,
      },
      finalUntilMs: finalUntilMs(inRange, request, now.getTime()),
      readFrom: 'events',
      notes: [],
    };
  },
};

/** The finest stretch of time among the dimensions, within which a visitor counts once. */
function bucketOf(request: CheckedRequest): string {
  if (request.dimensions.includes('hour')) return hour;
  return request.dimensions.includes('day') ? day : "''";
}
