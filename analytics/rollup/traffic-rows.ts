/** What a rollup row is about, beside its period and quarter: columns of `events` and of `traffic_rollup` alike. */
export const trafficKeys = [
  'site',
  'zone',
  'advertiser',
  'campaign',
  'line_item',
  'creative',
  'country',
  'region',
  'browser',
  'browser_version',
  'os',
  'device',
] as const;
export type TrafficKey = (typeof trafficKeys)[number];

/** The additive sums of a rollup row, and how they are counted over events without duplicates. */
export const trafficSums = {
  page_views: "countIf(type = 'page_view')",
  ad_requests: "countIf(type = 'ad_request')",
  filled: "countIf(type = 'ad_request' AND no_fill = '')",
  impressions: "countIf(type = 'impression')",
  viewable_impressions: "countIf(type = 'viewable')",
  clicks: "countIf(type = 'click')",
} as const;
export type TrafficSum = keyof typeof trafficSums;

const keyList = trafficKeys.join(', ');
const sumList = Object.keys(trafficSums).join(', ');

/** The columns that `trafficRows` selects, in its order. */
export const trafficColumns = `period, quarter, ${keyList}, ${sumList}`;

/**
 * SELECT of rollup rows from raw events. The one place that says what counts: the rollup is made by it, and reports
 * use it for hours without a valid rollup, so that both always agree.
 *
 * Of the events with the same type and id within a period the earliest that counts is taken, and of equally early
 * ones the first by their values, so that the order of arrival never matters. The sort follows the table's own order
 * as far as `time`.
 *
 * @param counted condition that a row counts, as `counted` makes it
 * @param events condition that chooses among all events; must not tell duplicates apart
 * @param first condition on the one event that is left of each; default: all
 */
export function trafficRows(counted: string, events: string, first = 'true'): string {
  const sums = Object.entries(trafficSums).map(([name, expression]) => `${expression} AS ${name}`);
  return `SELECT toStartOfHour(origin) AS period, toStartOfFifteenMinutes(time) AS quarter, ${keyList},
    ${sums.join(',\n    ')}
  FROM (
    SELECT type, id, time, origin, no_fill, ${keyList}
    FROM events
    WHERE ${counted} AND type != 'conversion' AND (${events})
    ORDER BY toStartOfHour(origin), type, id, time, no_fill, ${keyList}
    LIMIT 1 BY toStartOfHour(origin), type, id
  )
  WHERE ${first}
  GROUP BY period, quarter, ${keyList}`;
}
