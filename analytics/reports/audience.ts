import { countedForMs } from '../events/columns.ts';
import { countedEvents } from '../rollup/counted-events.ts';
import { closedUntil, periodMs } from '../rollup/period.ts';
import { counted } from '../validity/counted.ts';
import { reversalChanges } from '../validity/reversals.ts';
import { type PrivateCell, publicCells, subsets } from './anonymity.ts';
import { dimensionsOf } from './dimensions.ts';
import { requestColumns } from './grouped-query.ts';
import {
  type Cell,
  type Metric,
  type Report,
  type ReportContext,
  type ReportDefinition,
  type ReportRequest,
  type Row,
  reportTimeoutS,
} from './report.ts';
import { type CheckedFilter, type CheckedRequest, checkRequest, maximumRows } from './request.ts';

const weekMs = 7 * 86_400_000;
/** Weeks begin on Monday; the first of 1970 was the 5th of January. */
const firstMondayMs = 4 * 86_400_000;
/** Cells are told apart by so many dimensions at most, those of the filters included. */
const mostDimensions = 4;

/** How far back is looked for who has been there before. */
const weeksBack = 13;

const sumNames = ['impressions', 'viewable', 'clicks', 'reach'] as const;
type Sums = Readonly<Record<(typeof sumNames)[number], number>>;

const own = (type: Metric['type'], definition: string, additive: boolean): Metric => ({
  type,
  definition,
  additive,
  aggregate: () => '',
});

export const audienceDefinition: ReportDefinition = {
  name: 'audience',
  title: 'Audience',
  description:
    "Who saw an advertiser's ads, without telling of anybody: by whole weeks (Monday to Sunday, UTC) that are over, and with " +
    'cells of few visitors put together as "other". Which those are does not depend on what is asked, so that no two ' +
    'reports can be subtracted from each other to tell of few.',
  dimensions: {
    ...dimensionsOf([
      'advertiser',
      'campaign',
      'lineItem',
      'creative',
      'country',
      'region',
      'browser',
      'os',
      'device',
      'language',
    ]),
    frequency: {
      type: 'text',
      definition:
        "Impressions of the advertiser's ads that the visitor had in the week: 1, 2, 3-5, 6-10 or 11+.",
      expression: 'frequency',
      filterType: 'String',
    },
    interests: {
      type: 'text',
      definition:
        "The visitor's interests at the time, all of them as one list with spaces between; empty without any. Each visitor is in one list, so that lists cannot be subtracted from each other.",
      expression: `arrayStringConcat(arraySort(arrayDistinct(segments)), ' ')`,
      filterType: 'String',
    },
    returning: {
      label: 'New or returning',
      type: 'text',
      definition:
        `Of visitors who consented: returning where anything of them was recorded in the ${weeksBack} weeks before the ` +
        'week, on any site, else new. Without consent unknown: the number is of one day.',
      expression: `multiIf(visitor_kind != 'cookie', 'unknown',
        arrayExists(seen -> seen < week AND seen >= week - ${weeksBack * 7}, weeks_seen), 'returning', 'new')`,
      filterType: 'String',
    },
  },
  metrics: {
    impressions: own('count', 'Impressions.', true),
    viewableImpressions: own('count', 'Viewable impressions.', true),
    clicks: own('count', 'Clicks.', true),
    reach: own(
      'count',
      'Different visitors with an impression, each once a week. Without consent a visitor counts once a day.',
      false,
    ),
    impressionsPerVisitor: own('decimal', 'Impressions divided by reach.', false),
  },
  defaultMetrics: ['impressions', 'clicks', 'reach', 'impressionsPerVisitor'],
};

/** A visitor without consent has one of each on a day: the number is made of address and browser. */
const ofVisitor: ReadonlySet<string> = new Set([
  'country',
  'region',
  'browser',
  'os',
  'device',
  'frequency',
  'returning',
]);

/** Cells with fewer visitors are folded where nothing else is set. */
export const defaultAnonymity = 10;

/** What advertisers may see of their audience. Rejects with `report_invalid`, or as ClickHouse does. */
export async function audienceReport(context: ReportContext, asked: ReportRequest): Promise<Report> {
  const request = checkRequest(audienceDefinition, asked, checkDimensions);
  const weeks = weeksOf(request, context.now.getTime());
  const names = [...new Set([...request.dimensions, ...request.filters.map(({ dimension }) => dimension)])];
  const partitions = await readCells(context, names, weeks);
  const k = context.kAnonymity ?? defaultAnonymity;
  const total = emptySums();
  const rows = new Map<string, { readonly values: Row; readonly sums: Record<keyof Sums, number> }>();
  const folded = emptySums();
  for (const cells of partitions) {
    const filterNames = names.filter((name) => request.filters.some(({ dimension }) => dimension === name));
    const shownFilters = passing(publicCells(filterNames, ofSubset(cells, filterNames), k), request.filters);
    const shown = passing(publicCells(names, cells, k), request.filters);
    for (const { sums } of shownFilters) {
      add(total, sums, 1);
      add(folded, sums, 1);
    }
    for (const { values, sums } of shown) {
      add(folded, sums, -1);
      const row = Object.fromEntries(
        request.dimensions.map((name) => [name, cellOf(name, values.get(name) ?? '')]),
      );
      const key = JSON.stringify(row);
      const known = rows.get(key) ?? { values: row, sums: emptySums() };
      add(known.sums, sums, 1);
      rows.set(key, known);
    }
  }
  const made = [...rows.values()].map(({ values, sums }) => ({ ...values, ...metricsOf(sums, request) }));
  if (request.dimensions.length > 0 && folded.impressions + folded.clicks + folded.viewable > 0) {
    const other = Object.fromEntries(request.dimensions.map((name) => [name, 'other']));
    // Its visitors may be among those of the rows as well: how many there are is not known.
    made.push({ ...other, ...metricsOf({ ...folded, reach: Number.NaN }, request) });
  }
  sortRows(made, request);
  const limit = request.limit ?? maximumRows;
  return {
    name: audienceDefinition.name,
    from: new Date(weeks.fromMs).toISOString(),
    to: new Date(weeks.toMs).toISOString(),
    timeZone: 'UTC',
    columns: requestColumns(audienceDefinition, request),
    rows: made.slice(0, limit),
    totals: metricsOf(total, request),
    truncated: made.length > limit,
    finalUntil: new Date(weeks.toMs).toISOString(),
    readFrom: 'events',
    notes: [
      'Whole weeks from Monday to Sunday (UTC) that are over and touch the range.',
      `Cells with fewer than ${k} visitors, and others from which they could be told, are in "other"; a week in which an advertiser had fewer is left out.`,
    ],
  };
}

function checkDimensions(request: Pick<CheckedRequest, 'dimensions' | 'filters'>): string | undefined {
  const names = new Set([...request.dimensions, ...request.filters.map(({ dimension }) => dimension)]);
  return names.size > mostDimensions
    ? `must be at most ${mostDimensions} together with those of the filters`
    : undefined;
}

/** Weeks that are over and closed, and touch the range. */
function weeksOf({ fromMs, toMs }: CheckedRequest, nowMs: number): { fromMs: number; toMs: number } {
  const floor = (ms: number) => Math.floor((ms - firstMondayMs) / weekMs) * weekMs + firstMondayMs;
  const closed = floor(closedUntil(nowMs) - countedForMs);
  const from = Math.max(firstMondayMs, floor(fromMs));
  return { fromMs: from, toMs: Math.max(from, Math.min(closed, floor(toMs - 1) + weekMs)) };
}

const frequencies = `multiIf(seen <= 1, '1', seen = 2, '2', seen <= 5, '3-5', seen <= 10, '6-10', '11+')`;

/** The cells of every subset of the dimensions, apart for each week and advertiser. */
async function readCells(
  { clickhouse, signal }: ReportContext,
  names: readonly string[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<PrivateCell<Sums>[][]> {
  const options = { lane: 'reports', signal } as const;
  const reversals = await reversalChanges(clickhouse, options);
  const periods = (column: string) =>
    `${column} >= toDateTime({originFrom:UInt32}, 'UTC') AND ${column} < toDateTime({originTo:UInt32}, 'UTC')`;
  const counting = counted(reversals, periods('period'));
  const keys = names.map((_, index) => `d${index}`);
  const dimensions = names.map(
    (name, index) => `toString(${audienceDefinition.dimensions[name]?.expression}) AS d${index}`,
  );
  const sets = subsets(keys).map((subset) => `(${['week', 'owner', 'day', ...subset].join(', ')})`);
  const isImpression = "type = 'impression'";
  const wantsSegments = names.includes('interests');
  const events = countedEvents(
    counting.sql,
    "type IN ('impression', 'viewable', 'click')",
    periods('origin'),
    wantsSegments ? ['segments'] : [],
  );
  const own = `SELECT *, ${frequencies} AS frequency FROM (
      SELECT *, advertiser AS owner, toMonday(toDate(time, 'UTC')) AS week, toDate(time, 'UTC') AS day,
        countIf(${isImpression}) OVER (PARTITION BY toMonday(toDate(time, 'UTC')), advertiser, visitor) AS seen
      FROM (${events})
      WHERE time >= toDateTime({from:UInt32}, 'UTC') AND time < toDateTime({to:UInt32}, 'UTC') AND advertiser != 0
    )`;
  const mask = keys.length === 0 ? '0' : `grouping(${keys.join(', ')})`;
  const byDay = `SELECT ${['week', 'owner', 'day', ...keys].join(', ')}, ${mask} AS left_out,
      countIf(${isImpression}) AS impressions_day, countIf(type = 'viewable') AS viewable_day, countIf(type = 'click') AS clicks_day,
      uniqExactIf(visitor, visitor != 0 AND visitor_kind != 'cookie') AS people_day,
      uniqExactIf(visitor, visitor != 0 AND visitor_kind != 'cookie' AND ${isImpression}) AS reach_day,
      groupUniqArrayIf(visitor, visitor_kind = 'cookie') AS cookies_day,
      groupUniqArrayIf(visitor, visitor_kind = 'cookie' AND ${isImpression}) AS reached_day
    FROM (SELECT ${['type', 'visitor', 'visitor_kind', 'week', 'owner', 'day', ...dimensions].join(', ')} FROM (${names.includes('returning') ? withWeeksSeen(own) : own}))
    GROUP BY GROUPING SETS (${sets.join(', ')})`;
  const found = await clickhouse.query<
    Record<string, string | number> & { readonly alone: readonly number[] }
  >(
    `SELECT ${['toString(week) AS week_of', 'owner', 'left_out', ...keys].join(', ')},
       sum(impressions_day) AS impressions, sum(viewable_day) AS viewable, sum(clicks_day) AS clicks,
       sum(reach_day) + length(groupUniqArrayArray(reached_day)) AS reach,
       greatest(max(people_day), length(groupUniqArrayArray(cookies_day))) AS people,
       [${[1, 2, 3, 4, 5, 6, 7].map((day) => `sumIf(people_day, toDayOfWeek(day) = ${day})`).join(', ')}] AS alone
     FROM (${byDay}) GROUP BY ${['week_of', 'owner', 'left_out', ...keys].join(', ')}`,
    {
      ...counting.parameters,
      from: fromMs / 1000,
      to: toMs / 1000,
      originFrom: Math.max(0, (fromMs - countedForMs - periodMs) / 1000),
      originTo: (toMs + countedForMs) / 1000,
    },
    {
      ...options,
      settings: { max_execution_time: reportTimeoutS, force_grouping_standard_compatibility: 1 },
    },
  );
  const isOfVisitor = names.every((name) => ofVisitor.has(name));
  const partitions = new Map<string, PrivateCell<Sums>[]>();
  for (const row of found) {
    const leftOut = Number(row['left_out']);
    const values = new Map<string, string>();
    names.forEach((name, index) => {
      if ((leftOut >> (names.length - 1 - index)) % 2 === 0) values.set(name, String(row[`d${index}`]));
    });
    const sums = Object.fromEntries(sumNames.map((name) => [name, Number(row[name])])) as Sums;
    const key = `${row['week_of']} ${row['owner']}`;
    const cells = partitions.get(key) ?? [];
    cells.push({ values, people: Number(row['people']), alone: isOfVisitor ? row.alone : [], sums });
    partitions.set(key, cells);
  }
  return [...partitions.values()];
}

/** The events with the weeks in which anything of their visitors was recorded; empty without consent. */
function withWeeksSeen(events: string): string {
  const inRange = "time >= toDateTime({from:UInt32}, 'UTC') AND time < toDateTime({to:UInt32}, 'UTC')";
  return `SELECT * FROM (${events}) AS event LEFT JOIN (
      SELECT visitor, groupUniqArray(toMonday(toDate(time, 'UTC'))) AS weeks_seen FROM events
      WHERE visitor_kind = 'cookie' AND origin >= toDateTime({originFrom:UInt32}, 'UTC') - INTERVAL ${weeksBack} WEEK
        AND origin < toDateTime({originTo:UInt32}, 'UTC')
        AND visitor IN (SELECT visitor FROM events WHERE visitor_kind = 'cookie' AND advertiser != 0 AND ${inRange})
      GROUP BY visitor
    ) AS known USING (visitor)`;
}

function ofSubset(cells: readonly PrivateCell<Sums>[], names: readonly string[]): PrivateCell<Sums>[] {
  return cells.filter(({ values }) => [...values.keys()].every((name) => names.includes(name)));
}

/** The cells that the filters let through; they have all dimensions of the filters. */
function passing(
  cells: readonly PrivateCell<Sums>[],
  filters: readonly CheckedFilter[],
): readonly PrivateCell<Sums>[] {
  return cells.filter(({ values: of }) =>
    filters.every(({ dimension, operator, values }) => {
      const value = of.get(dimension) ?? '';
      const texts = values.map(String);
      if (operator === 'prefix' || operator === 'not_prefix') {
        return texts.some((start) => value.startsWith(start)) === (operator === 'prefix');
      }
      return texts.includes(value) === (operator === 'eq' || operator === 'in');
    }),
  );
}

const emptySums = (): Record<keyof Sums, number> => ({ impressions: 0, viewable: 0, clicks: 0, reach: 0 });

function add(to: Record<keyof Sums, number>, sums: Sums, times: 1 | -1): void {
  for (const name of sumNames) to[name] += times * sums[name];
}

function metricsOf({ impressions, viewable, clicks, reach }: Sums, { metrics }: CheckedRequest): Row {
  const all: Record<string, Cell> = {
    impressions,
    viewableImpressions: viewable,
    clicks,
    reach: Number.isNaN(reach) ? null : reach,
    impressionsPerVisitor: reach > 0 ? impressions / reach : null,
  };
  return Object.fromEntries(metrics.map((name) => [name, all[name] ?? null]));
}

function cellOf(name: string, text: string): Cell {
  return audienceDefinition.dimensions[name]?.type === 'text' ? text : Number(text);
}

/** As asked, else the first metric, largest first; what was folded last. */
function sortRows(rows: Row[], { sort, metrics, dimensions }: CheckedRequest): void {
  const keys = sort.length > 0 ? sort : [{ column: metrics[0] ?? '', descending: true }];
  const compare = (a: Cell | undefined, b: Cell | undefined) =>
    typeof a === 'number' && typeof b === 'number'
      ? a - b
      : String(a) < String(b)
        ? -1
        : Number(String(a) > String(b));
  const isOther = (row: Row) =>
    Number(dimensions.length > 0 && dimensions.every((name) => row[name] === 'other'));
  rows.sort((a, b) => {
    const byOther = isOther(a) - isOther(b);
    if (byOther !== 0) return byOther;
    for (const { column, descending } of keys) {
      const order = compare(a[column], b[column]) * (descending ? -1 : 1);
      if (order !== 0) return order;
    }
    return dimensions.reduce((order, name) => order || compare(a[name], b[name]), 0);
  });
}
