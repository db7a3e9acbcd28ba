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
  /** SQL aggregate over finer rows of the rollup, for a row of an hour or day. */
  readonly ofRows: string;
  /** The same, where it is another one for days. */
  readonly ofDay?: string;
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
    family('creatives', chain),
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

/** A page view so long after the one before, of the same visitor and site, begins a new visit. */
export const visitGapMs = 1_800_000;

const sketch = (column: string, kind: string): [string, Sum] => [
  column,
  {
    ofEvents: `uniqCombined64StateIf(17)(visitor, visitor != 0 AND visitor_kind ${kind} 'cookie')`,
    ofRows: `uniqCombined64MergeState(17)(${column})`,
  },
];
const known = (column: string, of: string): [string, Sum] => [
  column,
  { ofEvents: 'toUInt64(0)', ofRows: 'toUInt64(0)', ofDay: `uniqCombined64Merge(17)(${of})` },
];

export const visitorCube: Cube = {
  name: 'visitors',
  table: 'visitor_rollup',
  marginMs: visitGapMs,
  families: [
    family('countries', ['country']),
    family('sites', ['site', 'country']),
    family('regions', ['country', 'region']),
    family('site_regions', ['site', 'country', 'region'], 'hour'),
    family('browsers', ['country', 'browser'], 'hour'),
    family('systems', ['country', 'os'], 'hour'),
    family('devices', ['country', 'device'], 'hour'),
    family('languages', ['country', 'language'], 'hour'),
    family('referrers', ['country', 'referrer'], 'hour'),
    family('places', ['country', 'region', 'city']),
    family('pages', ['site', 'page'], 'hour'),
    family('site_places', ['site', 'country', 'region', 'city'], 'hour'),
  ],
  sums: Object.fromEntries([
    ['page_views', { ofEvents: 'count()', ofRows: 'sum(page_views)' }],
    count('visits', 'begins'),
    count('exits', 'ends'),
    count('bounces', 'begins AND ends'),
    [
      'visit_ms',
      { ofEvents: 'toUInt64(sumIf(before_ms, NOT begins AND visitor != 0))', ofRows: 'sum(visit_ms)' },
    ],
    sketch('daily', '!='),
    sketch('cookies', '='),
    known('daily_known', 'daily'),
    known('cookies_known', 'cookies'),
  ]),
  events: visitedPages,
};

/**
 * Page views with whether each begins and ends a visit: whether there is none of the same visitor and site in the half
 * hour before, and after. So every part of a visit is told by the half hours around it, and a visit may last across any
 * hour, day and month. A page view without a visitor is in no visit.
 */
function visitedPages(counted: string, origins: string): string {
  const window = (rows: string) => `OVER (PARTITION BY visitor, site ORDER BY ms, id ROWS BETWEEN ${rows})`;
  const before = `lagInFrame(ms, 1, ms - ${visitGapMs}) ${window('UNBOUNDED PRECEDING AND CURRENT ROW')}`;
  const after = `leadInFrame(ms, 1, ms + ${visitGapMs}) ${window('CURRENT ROW AND UNBOUNDED FOLLOWING')}`;
  return `SELECT *, visitor != 0 AND before_ms >= ${visitGapMs} AS begins, visitor != 0 AND after_ms >= ${visitGapMs} AS ends
    FROM (
      SELECT *, ms - ${before} AS before_ms, ${after} - ms AS after_ms
      FROM (
        SELECT *, toUnixTimestamp64Milli(time) AS ms FROM (${countedEvents(counted, "type = 'page_view'", origins)})
      )
    )`;
}

export const cubes: readonly Cube[] = [trafficCube, visitorCube];

/** Whether there are rows of days that begin elsewhere than at midnight UTC (`local-days.ts`), and returns (`returns.ts`). */
export function isOfVisitors(cube: Cube): boolean {
  return cube.name === visitorCube.name;
}

/** The first family with all of these dimensions; undefined: only the events have them together. */
export function familyFor(cube: Cube, needed: readonly DimensionName[]): Family | undefined {
  return cube.families.find(({ dimensions }) => needed.every((name) => dimensions.includes(name)));
}

/** The dimensions that its families have. */
function ownDimensions({ families }: Cube): DimensionName[] {
  return dimensionNames.filter((name) => families.some(({ dimensions }) => dimensions.includes(name)));
}

/** The columns of a cube's rows, beside their version. */
export function rowColumns(cube: Cube): string {
  const own = [...ownDimensions(cube), ...Object.keys(cube.sums)];
  return ['family', 'grain', 'bucket', 'period', ...own].join(', ');
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
  const own = ownDimensions(cube);
  // In the answer of grouping(), the last dimension is the lowest bit, and set where the family has not got it.
  const masks = cube.families.map(({ dimensions }) =>
    own.reduce((mask, name) => mask * 2 + (dimensions.includes(name) ? 0 : 1), 0),
  );
  const names = cube.families.map(({ name }) => `'${name}'`);
  const sums = Object.entries(cube.sums).map(([name, { ofEvents }]) => `${ofEvents} AS ${name}`);
  return `SELECT transform(grouping(${own.join(', ')}), [${masks.join(', ')}], [${names.join(', ')}], '') AS family,
    if(grouping(quarter_key) = 0, 'quarter', 'hour') AS grain,
    if(grouping(quarter_key) = 0, quarter_key, hour_key) AS bucket,
    toStartOfHour(bucket) AS period, ${own.join(', ')},
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
  const sums = Object.entries(cube.sums).map(
    ([name, { ofRows, ofDay = ofRows }]) => `${to === 'day' ? ofDay : ofRows} AS ${name}_sum`,
  );
  const own = ownDimensions(cube).join(', ');
  return `SELECT family, '${to}' AS grain, coarser AS bucket, coarser AS period, ${own},
    ${Object.keys(cube.sums)
      .map((name) => `${name}_sum AS ${name}`)
      .join(', ')}
  FROM (
    SELECT family, ${start}(source.bucket) AS coarser, ${own},
      ${sums.join(', ')}
    FROM ${cube.table} AS source WHERE grain = '${from}' AND ${where}
    GROUP BY family, coarser, ${own}
  )`;
}
