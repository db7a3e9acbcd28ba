import {
  type ConversionSum,
  conversionParameters,
  conversionRows,
  conversionSums,
} from '../conversions/conversion-rows.ts';
import { type CubeSource, cubeSource } from '../rollup/cube-source.ts';
import type { Cube } from '../rollup/cubes.ts';
import { type DimensionName, dimensionNames } from '../rollup/dimensions.ts';
import { cubeState } from '../rollup/state.ts';
import type { Condition } from '../validity/counted.ts';
import { reversalChanges } from '../validity/reversals.ts';
import { isTimeDimension, timeUnits } from './dimensions.ts';
import { finalUntilMs } from './finality.ts';
import { filterParameters, filterSql, type GroupedReport, type ReportSource } from './grouped-query.ts';
import { planRows } from './plans.ts';
import type { ReportContext, ReportDefinition } from './report.ts';
import type { CheckedRequest } from './request.ts';
import { timeCuts } from './time-cuts.ts';

/** A report whose numbers are those of a cube. */
export function cubeReport(definition: ReportDefinition, cube: Cube): GroupedReport {
  return { definition, source: (context, request) => sourceOf(definition, cube, context, request) };
}

async function sourceOf(
  definition: ReportDefinition,
  cube: Cube,
  context: ReportContext,
  request: CheckedRequest,
): Promise<ReportSource> {
  const { clickhouse, signal, now } = context;
  const options = { lane: 'reports', signal } as const;
  const reversals = await reversalChanges(clickhouse, options);
  const state = await cubeState(clickhouse, cube, request, options, reversals);
  const needed = neededColumns(definition, cube, request);
  const filter: Condition = {
    sql: filterSql(definition, request.filters),
    parameters: filterParameters(request.filters),
  };
  const source = cubeSource({
    ...request,
    ...needed,
    cube,
    state,
    reversals,
    filter,
    cuts: cutsOf(request),
  });
  const withAds = withConversions(source, needed, filter, request);
  const whole = needed.plans ? await withPlans(withAds, needed, filter, context, request) : withAds;
  return {
    ...whole,
    finalUntilMs: finalUntilMs(state, request, now.getTime()),
    notes: [],
  };
}

interface Needed {
  readonly dimensions: readonly DimensionName[];
  readonly sums: readonly string[];
  readonly conversions: readonly ConversionSum[];
  readonly plans: boolean;
}

/** The columns that the expressions of a request are made of. */
function neededColumns(definition: ReportDefinition, cube: Cube, request: CheckedRequest): Needed {
  const names = [...request.dimensions, ...request.filters.map(({ dimension }) => dimension)];
  const expressions = names.map((name) => definition.dimensions[name]?.expression ?? '');
  const aggregates = request.metrics.map((name) => definition.metrics[name]?.aggregate('1') ?? '');
  const isIn = (texts: readonly string[]) => (column: string) =>
    texts.some((text) => new RegExp(`\\b${column}\\b`).test(text));
  return {
    dimensions: dimensionNames.filter(isIn([...expressions, ...aggregates])),
    sums: Object.keys(cube.sums).filter(isIn(aggregates)),
    conversions: (Object.keys(conversionSums) as ConversionSum[]).filter(isIn(aggregates)),
    plans: isIn(aggregates)('planned_events') || isIn(aggregates)('planned_impressions'),
  };
}

/** Conversions are put down to ads by a job of its own, and added as rows of their own. */
function withConversions(
  source: CubeSource,
  { dimensions, sums, conversions }: Needed,
  filter: Condition,
  request: CheckedRequest,
): CubeSource {
  if (conversions.length === 0) return source;
  const none = conversions.map((name) => `0 AS ${name}`).join(', ');
  return {
    ...source,
    sql: `SELECT *, ${none} FROM (${source.sql})
UNION ALL
${conversionRows(dimensions, [...sums, ...conversions], filter.sql)}`,
    parameters: { ...source.parameters, ...filter.parameters, ...conversionParameters(request) },
  };
}

/** Likewise what is planned; only asked for with dimensions that plans have. */
async function withPlans(
  source: CubeSource,
  { dimensions, sums, conversions }: Needed,
  filter: Condition,
  { plans: plansOf, now }: ReportContext,
  request: CheckedRequest,
): Promise<CubeSource> {
  const plans = (await plansOf?.(request.fromMs, request.toMs)) ?? [];
  const all = [...sums, ...conversions];
  const cuts = cutsOf(request);
  const rows = planRows(plans, { request, nowMs: now.getTime(), cuts, dimensions, sums: all, filter });
  return {
    ...source,
    sql: `SELECT ${['bucket', ...dimensions, ...all].join(', ')}, 0 AS planned_events FROM (${source.sql})
UNION ALL
${rows.sql}`,
    parameters: { ...source.parameters, ...rows.parameters },
  };
}

/** The instants that no row of a request may reach across. */
export function cutsOf({ dimensions, filters, timeZone, ...range }: CheckedRequest): readonly number[] {
  const names = [...dimensions, ...filters.map(({ dimension }) => dimension)];
  const units = names.filter(isTimeDimension).map((name) => timeUnits[name]);
  if (units.includes('hour')) return timeCuts(timeZone, 'hour', range);
  return units.includes('day') ? timeCuts(timeZone, 'day', range) : [];
}
