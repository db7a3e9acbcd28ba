import type { Parameters } from '../clickhouse/sql-text.ts';
import type { Condition } from '../validity/counted.ts';
import { type Family, visitorCube } from './cubes.ts';
import type { DimensionName } from './dimensions.ts';
import { dayMs, localDayMinutes } from './period.ts';
import { currentRollups } from './runs.ts';
import type { CubeState } from './state.ts';
import type { Span } from './time-plan.ts';

/** Numbers of `visitor_local_days` that add up. */
const plainSums = ['page_views', 'visits', 'exits', 'bounces', 'visit_ms'] as const;
const numbers = ['daily_days', 'cookie_days', 'cookies', 'utc_days'] as const;

/** Families that have local days, in quarters of an hour at the finest. */
const families = visitorCube.families.filter(({ name }) => name === 'countries' || name === 'sites');
const dimensions: readonly DimensionName[] = ['site', 'country'];

export const localDayColumns = ['family', 'bucket', 'period', ...dimensions, ...plainSums, ...numbers].join(
  ', ',
);

/**
 * SELECT of the rows of local days, in the order of `localDayColumns`, from the hours of the UTC days that they touch, and
 * the quarters where a local day begins within an hour.
 * @param minutes the minutes after midnight UTC at which they begin, and as the parameter `days` the days in which they do
 * @param where condition on the rows of hours and quarters
 */
export function localDayRows(minutes: readonly number[], where: string): string {
  const sums = plainSums.map((name) => `sum(${name}_day) AS ${name}_sum`);
  const own = dimensions.join(', ');
  const starts = `arrayMap(minute -> toInt64(toUnixTimestamp(toStartOfDay(source.bucket))) + minute * 60,
      if(grain = 'hour', ${minutesBy('hour', minutes)}[toHour(source.bucket) + 1],
        ${minutesBy('quarter', minutes)}[intDiv(toHour(source.bucket) * 60 + toMinute(source.bucket), 15) + 1]))`;
  const byDay = `SELECT family, ${own}, arrayJoin(${starts}) AS start, toStartOfDay(source.bucket) AS utc_day,
      ${plainSums.map((name) => `sum(${name}) AS ${name}_day`).join(', ')},
      uniqCombined64Merge(17)(daily) AS daily_day, uniqCombined64Merge(17)(cookies) AS cookies_day,
      uniqCombined64MergeState(17)(cookies) AS cookies_state
    FROM ${visitorCube.table} AS source
    WHERE family IN (${families.map(({ name }) => `'${name}'`).join(', ')}) AND grain IN ('hour', 'quarter') AND ${where}
      AND has({days:Array(Int64)}, intDiv(start, 86400) * 86400)
    GROUP BY family, ${own}, start, utc_day`;
  return `SELECT family, toDateTime(start, 'UTC') AS bucket, toStartOfDay(bucket) AS period, ${own},
      ${plainSums.map((name) => `${name}_sum AS ${name}`).join(', ')},
      daily_sum AS daily_days, cookies_sum AS cookie_days, cookies_of AS cookies, days_of AS utc_days
    FROM (
      SELECT family, start, ${own}, ${sums.join(', ')}, sum(daily_day) AS daily_sum, sum(cookies_day) AS cookies_sum,
        uniqCombined64Merge(17)(cookies_state) AS cookies_of, toUInt8(count()) AS days_of
      FROM (${byDay}) GROUP BY family, start, ${own}
    )`;
}

/**
 * For each hour or quarter of a day a list of the local days that it is put into, as SQL: by the minutes from its own midnight
 * to their beginning. It is put into those that it lies in as a whole; a quarter only where its hour does not.
 */
function minutesBy(grain: 'hour' | 'quarter', minutes: readonly number[]): string {
  const length = grain === 'hour' ? 60 : 15;
  const starts = [...minutes, ...minutes.map((minute) => minute - 1440)];
  const isWithin = (at: number, size: number, start: number) => start <= at && at + size <= start + 1440;
  const lists = Array.from({ length: 1440 / length }, (_, index) => {
    const at = index * length;
    const own = starts.filter(
      (start) =>
        isWithin(at, length, start) && (grain === 'hour' || !isWithin(Math.floor(at / 60) * 60, 60, start)),
    );
    return `[${own.join(',')}]`;
  });
  return `CAST([${lists.join(',')}], 'Array(Array(Int32))')`;
}

/** The days between cuts that a family has rows of: of 24 hours, begun where days do, and made of what there is. */
export function localDaysOf(
  { localDays }: CubeState,
  family: Family | undefined,
  { fromMs, toMs }: Span,
  cuts: readonly number[],
): Span[] {
  if (family === undefined || !families.includes(family)) return [];
  const valid = new Set(localDays.filter((day) => day.valid).map((day) => day.dayMs));
  return cuts
    .map((start, index) => ({ fromMs: start, toMs: cuts[index + 1] ?? toMs }))
    .filter((span) => {
      const day = Math.floor(span.fromMs / dayMs) * dayMs;
      const isWhole = span.fromMs >= fromMs && span.toMs <= toMs && span.toMs - span.fromMs === dayMs;
      return isWhole && localDayMinutes.includes((span.fromMs - day) / 60_000) && valid.has(day);
    });
}

/** SELECT of `bucket`, dimensions and numbers of some local days. */
export function localDaySource(
  family: Family,
  select: readonly DimensionName[],
  spans: readonly Span[],
  filter: Condition,
  state: CubeState,
): { readonly sql: string; readonly parameters: Parameters } {
  return {
    sql: `SELECT ${['bucket', ...select, ...plainSums, ...numbers].join(', ')} FROM visitor_local_days
      WHERE family = '${family.name}' AND bucket IN {localDays:Array(DateTime('UTC'))}
        AND (period, version) IN (${currentRollups(visitorCube.name, 'local_day', '{newest:UInt64}')})
        AND (${filter.sql})`,
    parameters: {
      ...filter.parameters,
      localDays: spans.map(({ fromMs }) => fromMs / 1000),
      newest: state.newest,
    },
  };
}
