import type { Parameters } from '../clickhouse/sql-text.ts';
import type { DimensionName } from '../rollup/dimensions.ts';
import { currentVersions } from '../rollup/runs.ts';
import type { Span } from '../rollup/time-plan.ts';

/** What conversions add to the sums of traffic. */
export const conversionSums = {
  post_click_conversions: "countIf(kind = 'post_click')",
  post_view_conversions: "countIf(kind = 'post_view')",
  conversion_value_micros: 'sum(value_micros)',
} as const;
export type ConversionSum = keyof typeof conversionSums;

/** SELECT of attributed conversions with a time in a range, shaped like rows of a cube. */
export function conversionRows(
  dimensions: readonly DimensionName[],
  sums: readonly string[],
  filter: string,
): string {
  const values = sums.map((name) =>
    name in conversionSums ? `${conversionSums[name as ConversionSum]} AS ${name}` : `0 AS ${name}`,
  );
  return `SELECT ${['toStartOfFifteenMinutes(time) AS bucket', ...dimensions, ...values].join(', ')}
  FROM (SELECT *, '' AS no_fill FROM attributed_conversions)
  WHERE time >= fromUnixTimestamp64Milli({conversionsFromMs:Int64}, 'UTC')
    AND time < fromUnixTimestamp64Milli({conversionsToMs:Int64}, 'UTC')
    AND (period, version) IN (${currentVersions('conversion_runs')})
    AND (${filter})
  GROUP BY ${['bucket', ...dimensions].join(', ')}`;
}

export function conversionParameters({ fromMs, toMs }: Span): Parameters {
  return { conversionsFromMs: fromMs, conversionsToMs: toMs };
}
