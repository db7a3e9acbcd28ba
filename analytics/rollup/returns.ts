import { countedEvents } from './counted-events.ts';
import { type Family, visitorCube } from './cubes.ts';
import type { DimensionName } from './dimensions.ts';

/**
 * How different visitors are counted over many days without looking at each of them: a visitor of a range is counted
 * on the first day of it on which they were seen, which is the day whose visitors' day before that, of the same cell,
 * lies before the range. So each day has for each cell of dimensions how many visitors it had by how long ago they were
 * seen, and the different visitors of a range are a sum over its days. The numbers are exact, and their rows do not become
 * more with the visitors.
 *
 * Where a range begins or ends within a UTC day, as the days of other time zones do, that day counts by the quarter of
 * an hour in which visitors were seen last, or first.
 */

/** Families that have returns. Of the others there would be nearly as many rows as page views. */
export const returnFamilies: readonly Family[] = visitorCube.families.filter(({ name }) =>
  ['countries', 'sites', 'regions', 'places', 'browsers', 'systems', 'devices', 'languages'].includes(name),
);

/** So many days before a day are looked at: a longer range puts sketches together. */
export const mostReach = 92;

/** In place of days since a visitor was seen: not within reach, or never. */
export const notSeen = 65_535;

const dimensions = [
  'site',
  'country',
  'region',
  'city',
  'browser',
  'os',
  'device',
  'language',
] as const satisfies readonly DimensionName[];

export const visitorDayColumns = ['period', 'cookie', ...dimensions, 'visitor', 'first', 'last'].join(', ');

/** SQL of the quarter of an hour of the day (0 to 95) in which an instant (SQL) lies. */
const quarterOfDay = (time: string) => `toUInt8(toHour(${time}) * 4 + intDiv(toMinute(${time}), 15))`;

/**
 * SELECT of who was seen on some UTC days, in the order of `visitorDayColumns`.
 * @param counted condition that a row counts
 * @param origins condition on hours of origin
 * @param within condition on `time`
 */
export function visitorDayRows(counted: string, origins: string, within: string): string {
  return `SELECT toStartOfDay(time) AS period, visitor_kind = 'cookie' AS cookie, ${dimensions.join(', ')}, visitor,
      min(${quarterOfDay('time')}) AS first, max(${quarterOfDay('time')}) AS last
    FROM (${countedEvents(counted, "type = 'page_view'", origins)})
    WHERE visitor != 0 AND ${within}
    GROUP BY ${['period', 'cookie', ...dimensions, 'visitor'].join(', ')}`;
}

/** As the column `part` numbers them. */
const parts = { days: 1, from: 2, to: 3, since: 4 } as const;

const facts = ['cookie', 'gap', 'quarter', 'before', 'visitors'] as const;
export const returnColumns = ['family', 'part', 'bucket', 'period', ...dimensions, ...facts].join(', ');

/**
 * SELECT of the returns of some days in one family, in the order of `returnColumns`; the days as the parameter `days`.
 * - `days`: by how many days ago they were seen
 * - `from`: by the quarter in which they were seen last on this day
 * - `to`: by how many days ago, and the quarter in which they were seen first
 * - `since`: the same, and the quarter in which they were seen last on that day; looked up by that day
 * @param where condition on the rows of who was seen: on these days, and on those that are looked back on
 */
export function returnRows(family: Family, where: string): string {
  const own = family.dimensions.join(', ');
  const all = dimensions.map((name) =>
    family.dimensions.includes(name) ? name : `${empty(name)} AS ${name}`,
  );
  const seen = `SELECT ${own}, source.cookie AS cookie, visitor, source.period AS day, min(source.first) AS first, max(source.last) AS last
    FROM visitor_days AS source WHERE ${where} GROUP BY ${own}, cookie, visitor, day`;
  const window = `OVER (PARTITION BY ${own}, cookie, visitor ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
  const returns = `SELECT ${own}, cookie, day, first, last, lagInFrame(day, 1, toDateTime(0, 'UTC')) ${window} AS day_before,
      lagInFrame(last, 1, 0) ${window} AS last_before
    FROM (${seen})`;
  const { days, from, to, since } = parts;
  const rows = `arrayConcat(
      [(${days}, day, since_days, 0, 0), (${from}, day, 0, last, 0), (${to}, day, since_days, first, 0)],
      if(since_days = ${notSeen}, [], [(${since}, day_before, since_days, first, last_before)]))`;
  return `SELECT '${family.name}' AS family, row.1 AS part,
      row.2 AS bucket, day AS period, ${all.join(', ')}, cookie, row.3 AS gap, row.4 AS quarter, row.5 AS before, count() AS visitors
    FROM (
      SELECT ${own}, cookie, day, arrayJoin(${rows}) AS row
      FROM (SELECT *, if(day_before = 0, ${notSeen}, dateDiff('day', day_before, day, 'UTC')) AS since_days FROM (${returns}))
      WHERE day IN {days:Array(DateTime('UTC'))}
    )
    GROUP BY ${own}, cookie, day, row`;
}

function empty(name: DimensionName): string {
  return name === 'site' ? '0' : "''";
}
