import { countedEvents } from './counted-events.ts';
import { type DimensionName, dimensionNames } from './dimensions.ts';

/** Stretches of time that rows sum up, the finest first. */
export const grains = ['quarter', 'hour', 'day'] as const;
export type Grain = (typeof grains)[number];

/** Dimensions that are summed up together. */
export interface Family {
  readonly name: string;
  readonly dimensions: readonly DimensionName[];
  /**
   * `hour` where rows of quarters would be nearly as many as events: where a range or a day begins within an hour, that
   * hour is counted from the events.
   */
  readonly finest: 'quarter' | 'hour';
}

/** A column of sums. */
export interface Sum {
  /** SQL aggregate over counted events. */
  readonly ofEvents: string;
  /** SQL aggregate over rows of the rollup that gives a row again. */
  readonly ofRows: string;
}

/** One kind of counting: a table of rollups, and how its rows are made from events. */
export interface Cube {
  readonly name: 'traffic' | 'visitors';
  readonly table: string;
  /** How far before and after an event others have a say in how it counts, in milliseconds. */
  readonly marginMs: number;
  /** The smaller ones first: a report reads the first that has all it asks for. */
  readonly families: readonly Family[];
  readonly sums: Readonly<Record<string, Sum>>;
  /**
   * SELECT of counted events with `time`, all dimensions, and what the sums are made of.
   * @param counted condition that a row counts
   * @param origins condition on hours of origin, of all events within the margin
   */
  readonly events: (counted: string, origins: string) => string;
}

const count = (column: string, condition: string): [string, Sum] => [
  column,
  { ofEvents: `countIf(${condition})`, ofRows: `sum(${column})` },
];

const chain = ['advertiser', 'campaign', 'line_item', 'creative'] as const;
const family = (
  name: string,
  dimensions: readonly DimensionName[],
  finest: Family['finest'] = 'quarter',
): Family => ({ name, dimensions, finest });

export const trafficCube: Cube = {
  name: 'traffic',
  table: 'traffic_rollup',
  marginMs: 0,
  families: [
    family('sites', ['site']),
    family('countries', ['site', 'country']),
    family('languages', ['site', 'language']),
    family('referrers', ['site', 'referrer']),
    family('ads', ['site', 'zone', 'no_fill', ...chain]),
    family('browsers', ['site', 'browser', 'browser_version', 'os', 'os_version', 'device']),
    family('places', ['country', 'region', 'city']),
    family('pages', ['site', 'page']),
    family('zone_countries', ['site', 'zone', 'no_fill', 'country', 'device'], 'hour'),
    family('ad_places', [...chain, 'country', 'region'], 'hour'),
    family('ad_browsers', [...chain, 'browser', 'os', 'device'], 'hour'),
    family('site_places', ['site', 'country', 'region', 'city'], 'hour'),
  ],
  sums: Object.fromEntries([
    count('page_views', "type = 'page_view'"),
    count('ad_requests', "type = 'ad_request'"),
    count('filled', "type = 'ad_request' AND no_fill = ''"),
    count('impressions', "type = 'impression'"),
    count('viewable_impressions', "type = 'viewable'"),
    count('clicks', "type = 'click'"),
    ['spend_nanos', { ofEvents: 'sum(price_nanos)', ofRows: 'sum(spend_nanos)' }],
  ]),
  events: (counted, origins) => countedEvents(counted, "type != 'conversion'", origins),
};

export const cubes: readonly Cube[] = [trafficCube];

/** The first family with all of these dimensions; undefined: only the events have them together. */
export function familyFor(cube: Cube, needed: readonly DimensionName[]): Family | undefined {
  return cube.families.find(({ dimensions }) => needed.every((name) => dimensions.includes(name)));
}

/** The columns of a cube's rows, beside their version. */
export function rowColumns({ sums }: Cube): string {
  return ['family', 'grain', 'bucket', 'period', ...dimensionNames, ...Object.keys(sums)].join(', ');
}

const quarterOf = 'toStartOfFifteenMinutes(time)';

/**
 * SELECT of the rows of all families at their finest grain, in the order of `rowColumns`, in one pass over the events.
 * @param within condition on `time`
 */
export function finestRows(cube: Cube, counted: string, origins: string, within: string): string {
  const sets = cube.families.map(
    ({ dimensions, finest }) => `(${[`${finest}_key`, ...dimensions].join(', ')})`,
  );
  const bit = (names: readonly string[]) =>
    names.reduce(
      (mask, name) => mask + 2 ** (dimensionNames.length - 1 - dimensionNames.indexOf(name as DimensionName)),
      0,
    );
  const all = 2 ** dimensionNames.length - 1;
  const masks = cube.families.map(({ dimensions }) => String(all - bit(dimensions)));
  const names = cube.families.map(({ name }) => `'${name}'`);
  const sums = Object.entries(cube.sums).map(([name, { ofEvents }]) => `${ofEvents} AS ${name}`);
  return `SELECT transform(grouping(${dimensionNames.join(', ')}), [${masks.join(', ')}], [${names.join(', ')}], '') AS family,
    if(grouping(quarter_key) = 0, 'quarter', 'hour') AS grain,
    if(grouping(quarter_key) = 0, quarter_key, hour_key) AS bucket,
    toStartOfHour(bucket) AS period, ${dimensionNames.join(', ')},
    ${sums.join(',\n    ')}
  FROM (SELECT *, ${quarterOf} AS quarter_key, toStartOfHour(time) AS hour_key FROM (${cube.events(counted, origins)}) WHERE ${within})
  GROUP BY GROUPING SETS (${sets.join(',\n    ')})`;
}

/** SELECT of the rows of some dimensions by quarter of an hour, straight from the events. */
export function eventRows(
  cube: Cube,
  select: { readonly dimensions: readonly DimensionName[]; readonly sums: readonly string[] },
  counted: string,
  origins: string,
  within: string,
): string {
  const keys = ['bucket', ...select.dimensions];
  const sums = select.sums.map((name) => `${cube.sums[name]?.ofEvents} AS ${name}`);
  return `SELECT ${[`${quarterOf} AS bucket`, ...select.dimensions, ...sums].join(', ')}
    FROM (${cube.events(counted, origins)}) WHERE ${within} GROUP BY ${keys.join(', ')}`;
}

/** SELECT of coarser rows out of finer ones, in the order of `rowColumns`. */
export function coarserRows(cube: Cube, to: 'hour' | 'day', where: string): string {
  const from = to === 'hour' ? 'quarter' : 'hour';
  const start = to === 'hour' ? 'toStartOfHour' : 'toStartOfDay';
  const sums = Object.entries(cube.sums).map(([name, { ofRows }]) => `${ofRows} AS ${name}`);
  return `SELECT family, '${to}' AS grain, coarser AS bucket, coarser AS period, ${dimensionNames.join(', ')},
    ${Object.keys(cube.sums)
      .map((name) => `${name}_sum AS ${name}`)
      .join(', ')}
  FROM (
    SELECT family, ${start}(source.bucket) AS coarser, ${dimensionNames.join(', ')},
      ${sums.map((sum) => sum.replace(/ AS (\w+)$/, ' AS $1_sum')).join(', ')}
    FROM ${cube.table} AS source WHERE grain = '${from}' AND ${where}
    GROUP BY family, coarser, ${dimensionNames.join(', ')}
  )`;
}
