import { currentVersions } from '../rollup/runs.ts';
import { trafficKeys, trafficSums } from '../rollup/traffic-rows.ts';

/** What conversions add to the sums of traffic, as columns of a report's source. */
export const conversionSums = [
  'post_click_conversions',
  'post_view_conversions',
  'conversion_value_micros',
] as const;

/** The conversions' columns for rows that have none. */
export const noConversions = conversionSums.map((name) => `0 AS ${name}`).join(', ');

/** SELECT of attributed conversions with a time in `[fromMs, toMs)`, shaped like rows of traffic. */
export const conversionRows = `SELECT period, toStartOfFifteenMinutes(time) AS quarter, ${trafficKeys.join(', ')},
    ${Object.keys(trafficSums)
      .map((name) => `0 AS ${name}`)
      .join(', ')},
    if(kind = 'post_click', 1, 0) AS post_click_conversions,
    if(kind = 'post_view', 1, 0) AS post_view_conversions,
    attributed_conversions.value_micros AS conversion_value_micros
  FROM attributed_conversions
  WHERE time >= fromUnixTimestamp64Milli({conversionsFromMs:Int64}, 'UTC')
    AND time < fromUnixTimestamp64Milli({conversionsToMs:Int64}, 'UTC')
    AND (period, version) IN (${currentVersions('conversion_runs')})`;
