import { cubeSource } from '../rollup/cube-source.ts';
import { familyFor, visitorCube } from '../rollup/cubes.ts';
import { type DimensionName, dimensionNames } from '../rollup/dimensions.ts';
import { localDaySource, localDaysOf } from '../rollup/local-days.ts';
import { dayMs } from '../rollup/period.ts';
import { canTellReturns, returnsSource } from '../rollup/returns-source.ts';
import { type CubeState, cubeState } from '../rollup/state.ts';
import type { Span } from '../rollup/time-plan.ts';
import type { Condition } from '../validity/counted.ts';
import type { ReversalChange } from '../validity/reversals.ts';
import { reversalChanges } from '../validity/reversals.ts';
import { cutsOf } from './cube-report.ts';
import { dimensionsOf, isTimeDimension } from './dimensions.ts';
import { finalUntilMs } from './finality.ts';
import { filterParameters, filterSql, type GroupedReport, type ReportSource } from './grouped-query.ts';
import type { Metric, ReportDefinition } from './report.ts';
import type { CheckedRequest } from './request.ts';
import { visitorEstimates } from './visitor-estimates.ts';

const whole = (definition: string, additive: boolean, expression: string): Metric => ({
  type: 'count',
  definition,
  additive,
  aggregate: () => `toInt64(round(${expression}))`,
});

const metrics: Readonly<Record<string, Metric>> = {
  pageViews: whole('Page views.', true, 'sum(page_views)'),
  visits: whole(
    'Visits that begin in the range: page views with no page view of the same visitor on the same site in the 30 minutes ' +
      'before. A visit counts once, at the time, place and page of its first page view. Without consent a visit ends at ' +
      'midnight UTC, where its visitor gets a new number.',
    true,
    'sum(visits)',
  ),
  exits: whole(
    'Visits that end in the range, at the time, place and page of their last page view: with no other in the 30 minutes after.',
    true,
    'sum(exits)',
  ),
  bounces: whole('Visits of one page view.', true, 'sum(bounces)'),
  bounceRate: {
    type: 'ratio',
    definition: 'Bounces divided by visits.',
    additive: false,
    aggregate: () => 'if(sum(visits) = 0, NULL, sum(bounces) / sum(visits))',
  },
  pagesPerVisit: {
    type: 'decimal',
    definition: 'Page views divided by visits.',
    additive: false,
    aggregate: () => 'if(sum(visits) = 0, NULL, sum(page_views) / sum(visits))',
  },
  visitDurationMs: {
    label: 'Visit duration',
    type: 'ms',
    definition: 'Time from the first to the last page view of a visit, as the mean of all visits.',
    additive: false,
    aggregate: () => 'if(sum(visits) = 0, NULL, round(sum(visit_ms) / sum(visits)))',
  },
  visitors: whole(
    'Different visitors. Those who consented are counted. The others get a new number each day (UTC): they are counted ' +
      'within a day, and over several days estimated by how many days those who consented came on, country by country. A ' +
      'visitor counts in each country where seen.',
    false,
    'sum(counted + estimated)',
  ),
  visitorsCounted: whole(
    'The part of the visitors that is counted: exact up to some ten thousand, with an error of about 0.3 % above.',
    false,
    'sum(counted)',
  ),
  visitorsEstimated: whole('The part of the visitors that is estimated.', false, 'sum(estimated)'),
  visitorsLow: whole(
    'Lower end of the interval in which the visitors are with 95 % confidence, if those who did not consent come as often as those who did.',
    false,
    'greatest(sum(counted + least(estimated, 1)), sum(counted + estimated) - 1.96 * sqrt(sum(variance)))',
  ),
  visitorsHigh: whole(
    'Upper end of that interval.',
    false,
    'sum(counted + estimated) + 1.96 * sqrt(sum(variance))',
  ),
};

export const visitorsDefinition: ReportDefinition = {
  name: 'visitors',
  title: 'Visitors',
  description: 'Page views, visits and different visitors by place, page and time.',
  dimensions: dimensionsOf([
    'hour',
    'day',
    'hourOfDay',
    'weekday',
    'site',
    'country',
    'region',
    'city',
    'page',
    'referrer',
    'browser',
    'browserVersion',
    'os',
    'device',
    'language',
  ]),
  metrics,
  defaultMetrics: ['pageViews', 'visits', 'visitors'],
};

const estimationNote =
  'Visitors who did not consent have a new number each day (UTC): over several days they are estimated, by how often ' +
  'those who consented come again. visitorsCounted and visitorsEstimated are the two parts.';

export const visitorsReport: GroupedReport = {
  definition: visitorsDefinition,
  async source(context, request) {
    const { clickhouse, signal, now } = context;
    const options = { lane: 'reports', signal } as const;
    const reversals = await reversalChanges(clickhouse, options);
    const state = await cubeState(clickhouse, visitorCube, request, options, reversals);
    const parts = { request, state, reversals };
    const rows = part(parts, request.dimensions);
    // Visitors are told apart by country in any case, so that rows of countries add up to the totals.
    const isOfCountries = request.dimensions.every((name) => name === 'country');
    const totals = isOfCountries ? undefined : part(parts, []);
    return {
      sql: rows.sql,
      ...(totals === undefined ? {} : { totals: totals.sql }),
      parameters: { ...totals?.parameters, ...rows.parameters },
      finalUntilMs: finalUntilMs(state, request, now.getTime()),
      readFrom: rows.readFrom,
      notes: rows.isEstimated ? [estimationNote] : [],
    };
  },
};

interface Parts {
  readonly request: CheckedRequest;
  readonly state: CubeState;
  readonly reversals: readonly ReversalChange[];
}

const noSketch = `arrayReduce('uniqCombined64State(17)', emptyArrayUInt64())`;

/** Whether no cell of a report has parts of two UTC days. */
function areWithinDays(times: readonly string[], cuts: readonly number[], { fromMs, toMs }: Span): boolean {
  const begins = new Set(times.some((name) => name === 'day' || name === 'hour') ? cuts : []);
  for (let midnight = (Math.floor(fromMs / dayMs) + 1) * dayMs; midnight < toMs; midnight += dayMs) {
    if (!begins.has(midnight)) return false;
  }
  return true;
}

const plainSums = ['page_views', 'visits', 'exits', 'bounces', 'visit_ms'] as const;
const estimates = ['counted', 'estimated', 'variance'];

/**
 * SELECT of rows for some dimensions. Where the family read has just the dimensions that visitors are told apart by,
 * a day's visitors are known numbers, and no sketches have to be put together.
 */
function part(
  { request, state, reversals }: Parts,
  dimensions: readonly string[],
): Pick<ReportSource, 'sql' | 'parameters' | 'readFrom'> & { readonly isEstimated: boolean } {
  const { definition } = visitorsReport;
  const expressionOf = (name: string) => definition.dimensions[name]?.expression ?? '';
  const isIn = (texts: readonly string[]) => (column: string) =>
    texts.some((text) => new RegExp(`\\b${column}\\b`).test(text));
  const aggregates = request.metrics.map((name) => definition.metrics[name]?.aggregate('1') ?? '');
  const wantsVisitors = estimates.some(isIn(aggregates));
  const own = dimensionNames.filter(isIn(dimensions.map(expressionOf)));
  const filtered = dimensionNames.filter(
    isIn(request.filters.map(({ dimension }) => expressionOf(dimension))),
  );
  const fixed = dimensionNames.filter(
    isIn(
      request.filters
        .filter(({ operator, values }) => operator === 'eq' || (operator === 'in' && values.length === 1))
        .map(({ dimension }) => expressionOf(dimension)),
    ),
  );
  const cells: DimensionName[] = wantsVisitors ? [...new Set<DimensionName>([...own, 'country'])] : own;
  const needed = dimensionNames.filter((name) => cells.includes(name) || filtered.includes(name));
  const family = familyFor(visitorCube, needed);
  const isKnown = family?.dimensions.every((name) => cells.includes(name) || fixed.includes(name)) ?? false;
  const filter: Condition = {
    sql: filterSql(definition, request.filters),
    parameters: filterParameters(request.filters),
  };
  const cuts = cutsOf({ ...request, dimensions });
  const times = dimensions.filter(isTimeDimension);
  const isByDay = wantsVisitors && isKnown && times.length === 1 && times[0] === 'day';
  const localDays = isByDay ? localDaysOf(state, family, request, cuts) : [];
  const isWithoutTime =
    times.length === 0 && !request.filters.some(({ dimension }) => isTimeDimension(dimension));
  const isWithinDays = areWithinDays(times, cutsOf({ ...request, dimensions, filters: [] }), request);
  const returns =
    wantsVisitors &&
    isKnown &&
    isWithoutTime &&
    family !== undefined &&
    canTellReturns(state, family, request)
      ? returnsSource(family, needed, request, filter, state)
      : undefined;
  const source = cubeSource({
    ...request,
    cube: visitorCube,
    state,
    reversals,
    filter,
    dimensions: needed,
    sums:
      wantsVisitors && returns === undefined
        ? [...plainSums, 'daily', 'cookies', 'daily_known', 'cookies_known']
        : [...plainSums],
    inDays: isKnown
      ? { daily: noSketch, ...(isWithinDays ? { cookies: noSketch } : {}) }
      : { daily_known: 'toUInt64(0)', cookies_known: 'toUInt64(0)' },
    cuts,
    without: localDays,
  });
  if (!wantsVisitors) return { ...source, isEstimated: false };
  const known =
    family !== undefined && localDays.length > 0
      ? localDaySource(family, needed, localDays, filter, state)
      : undefined;
  return {
    ...source,
    parameters: { ...source.parameters, ...known?.parameters, ...returns?.parameters },
    isEstimated: Math.floor(request.fromMs / dayMs) !== Math.floor((request.toMs - 1) / dayMs),
    sql: visitorEstimates(source.sql, {
      ...{ dimensions: needed, plainSums, times: times.map(expressionOf), isKnown, isWithinDays },
      ...(known === undefined ? {} : { localDays: known.sql }),
      ...(returns === undefined ? {} : { returns: returns.sql }),
    }),
  };
}
