import type { Parameters } from '../clickhouse/sql-text.ts';
import { type Condition, counted } from '../validity/counted.ts';
import type { ReversalChange } from '../validity/reversals.ts';
import { type Cube, eventRows, type Family, familyFor, type Grain } from './cubes.ts';
import type { DimensionName } from './dimensions.ts';
import { periodMs } from './period.ts';
import { currentRollups } from './runs.ts';
import type { CubeState } from './state.ts';
import { planTime, type Span, type TimePlan } from './time-plan.ts';

export interface CubeQuery extends Span {
  readonly cube: Cube;
  readonly state: CubeState;
  readonly reversals: readonly ReversalChange[];
  readonly dimensions: readonly DimensionName[];
  readonly sums: readonly string[];
  /** SQL that is read in place of a sum from the rows of days. */
  readonly inDays?: Readonly<Record<string, string>>;
  /** Condition on the dimensions, for rows of the rollup and of events alike. */
  readonly filter: Condition;
  /** See `TimePlanOptions`. */
  readonly cuts: readonly number[];
  /** Parts of the range that are read elsewhere, in order. */
  readonly without?: readonly Span[];
}

export interface CubeSource {
  /** SELECT of `bucket`, the dimensions and the sums. */
  readonly sql: string;
  readonly parameters: Parameters;
  /** Whether there is a rollup with all of the dimensions. */
  readonly readFrom: 'rollup' | 'events';
}

/**
 * SELECT of rows for a range: of the smallest family with all dimensions, in as coarse a grain as may be, and from the
 * events for the hours whose rollup is not valid.
 *
 * The state was looked at before this is run; rollups made since are left aside, so that no hour is counted twice or
 * missed.
 */
export function cubeSource(query: CubeQuery): CubeSource {
  const { cube, dimensions } = query;
  const family = familyFor(cube, dimensions);
  const plan = planOf(query, family);
  const parts = [nothing(query, family)];
  if (family !== undefined) {
    for (const grain of ['day', 'hour', 'quarter'] as const) {
      if (plan[grain].length > 0) parts.push(rollupPart(query, family, grain, plan[grain]));
    }
  }
  if (plan.events.length > 0) parts.push(eventsPart(query, plan.events));
  return {
    sql: parts.map(({ sql }) => sql).join('\nUNION ALL\n'),
    parameters: Object.assign({}, ...parts.map(({ parameters }) => parameters)),
    readFrom: family === undefined ? 'events' : 'rollup',
  };
}

function planOf(query: CubeQuery, family: Family | undefined): TimePlan {
  const { state, cuts, fromMs, toMs, without = [] } = query;
  const plan = { day: [] as Span[], hour: [] as Span[], quarter: [] as Span[], events: [] as Span[] };
  const first = state.hours[0];
  const last = state.hours.at(-1);
  if (first === undefined || last === undefined) return plan;
  const invalid = new Set(state.hours.filter(({ valid }) => !valid).map(({ hourMs }) => hourMs));
  const dropped = new Set(state.hours.filter((hour) => hour.dropped).map(({ hourMs }) => hourMs));
  const days = new Set(state.days.filter(({ valid }) => valid).map(({ dayMs }) => dayMs));
  const known = { fromMs: Math.max(fromMs, first.hourMs), toMs: Math.min(toMs, last.hourMs + periodMs) };
  for (const span of gaps(known, without)) {
    const part = planTime({
      ...span,
      cuts,
      finest: family?.finest ?? 'hour',
      isDayValid: (day) => family !== undefined && days.has(day),
      isHourValid: (hour) => family !== undefined && !invalid.has(hour),
      isHourDropped: (hour) => dropped.has(hour),
    });
    for (const from of ['day', 'hour', 'quarter', 'events'] as const) plan[from].push(...part[from]);
  }
  return plan;
}

/** What spans leave of a range. */
function gaps({ fromMs, toMs }: Span, spans: readonly Span[]): Span[] {
  const ends = [fromMs, ...spans.map((span) => span.toMs)];
  const starts = [...spans.map((span) => span.fromMs), toMs];
  return ends
    .map((end, at) => ({ fromMs: Math.max(fromMs, end), toMs: Math.min(toMs, starts[at] ?? toMs) }))
    .filter((gap) => gap.fromMs < gap.toMs);
}

/** Gives the columns their types where there is nothing else; dimensions of no family are in the events alone. */
function nothing(query: CubeQuery, family: Family | undefined): Condition {
  const { cube, dimensions, sums } = query;
  const columns = ['bucket', ...dimensions, ...sums].join(', ');
  const sql =
    family === undefined
      ? eventRows(cube, { dimensions, sums }, '0', '0', '0')
      : `SELECT ${columns} FROM ${cube.table} WHERE 0`;
  return { sql, parameters: {} };
}

function rollupPart(query: CubeQuery, family: Family, grain: Grain, spans: readonly Span[]): Condition {
  const { cube, filter, state, dimensions, sums, inDays = {} } = query;
  const read = sums.map((name) => (grain === 'day' && name in inDays ? `${inDays[name]} AS ${name}` : name));
  const columns = ['bucket', ...dimensions, ...read].join(', ');
  const buckets = within('bucket', `${grain}s`, spans);
  const runs = currentRollups(cube.name, grain === 'day' ? 'day' : 'hour', '{newest:UInt64}');
  return {
    sql: `SELECT ${columns} FROM ${cube.table}
      WHERE family = '${family.name}' AND grain = '${grain}' AND ${buckets.sql} AND (period, version) IN (${runs})
        AND (${filter.sql})`,
    parameters: { ...buckets.parameters, ...filter.parameters, newest: state.newest },
  };
}

function eventsPart(query: CubeQuery, spans: readonly Span[]): Condition {
  const { cube, state, reversals, filter, dimensions, sums } = query;
  const near = (ms: number) => spans.some(({ fromMs, toMs }) => ms + periodMs > fromMs && ms < toMs);
  const origins = [
    ...new Set(
      state.hours
        .filter(({ hourMs }) => near(hourMs))
        .flatMap(({ origins: touching }) => touching.filter((origin) => origin.dropped !== true))
        .map(({ originMs }) => originMs),
    ),
  ].sort((a, b) => a - b);
  const periods = instants('origins', merged(origins));
  const counting = counted(reversals, periods.sql('period'));
  const times = instants('times', spans);
  return {
    sql: eventRows(
      cube,
      { dimensions, sums },
      counting.sql,
      periods.sql('origin'),
      `${times.sql('time')} AND (${filter.sql})`,
    ),
    parameters: { ...counting.parameters, ...periods.parameters, ...times.parameters, ...filter.parameters },
  };
}

/** Hours as spans. */
function merged(hours: readonly number[]): Span[] {
  const spans: Span[] = [];
  for (const hour of hours) {
    const last = spans.at(-1);
    if (last?.toMs === hour) spans[spans.length - 1] = { fromMs: last.fromMs, toMs: hour + periodMs };
    else spans.push({ fromMs: hour, toMs: hour + periodMs });
  }
  return spans;
}

/** Up to so many spans are written out as ranges, which the table's order answers best. */
const fewSpans = 8;

/** Condition that a bucket lies in one of the spans. */
function within(bucket: string, name: 'days' | 'hours' | 'quarters', spans: readonly Span[]): Condition {
  const few = instants(name, spans);
  if (spans.length <= fewSpans) return { sql: few.sql(bucket), parameters: few.parameters };
  const stepS = { days: 86_400, hours: 3600, quarters: 900 }[name];
  const starts: number[] = [];
  for (const { fromMs, toMs } of spans)
    for (let at = fromMs / 1000; at < toMs / 1000; at += stepS) starts.push(at);
  return {
    sql: `${bucket} IN {${name}:Array(DateTime('UTC'))} AND ${between(bucket, spans)}`,
    parameters: { [name]: starts },
  };
}

function between(instant: string, spans: readonly Span[]): string {
  const first = spans[0]?.fromMs ?? 0;
  const last = spans.at(-1)?.toMs ?? 0;
  return `${instant} >= ${literal(first)} AND ${instant} < ${literal(last)}`;
}

/**
 * Condition that an instant lies in one of the spans. The bounds beside a long list let ClickHouse pass over the
 * partitions before and after it.
 */
function instants(
  name: string,
  spans: readonly Span[],
): { sql: (instant: string) => string; parameters: Parameters } {
  if (spans.length <= fewSpans) {
    return {
      sql: (instant) => `(${spans.map((span) => between(instant, [span])).join(' OR ') || '0'})`,
      parameters: {},
    };
  }
  return {
    sql: (instant) => `${between(instant, spans)} AND arrayExists((f, t) ->
      toUnixTimestamp64Milli(toDateTime64(${instant}, 3, 'UTC')) >= f AND toUnixTimestamp64Milli(toDateTime64(${instant}, 3, 'UTC')) < t,
      {${name}From:Array(Int64)}, {${name}To:Array(Int64)})`,
    parameters: {
      [`${name}From`]: spans.map(({ fromMs }) => fromMs),
      [`${name}To`]: spans.map(({ toMs }) => toMs),
    },
  };
}

function literal(ms: number): string {
  if (!Number.isSafeInteger(ms)) throw new TypeError(`${ms} is no whole number.`);
  return ms % 1000 === 0 ? `toDateTime(${ms / 1000}, 'UTC')` : `fromUnixTimestamp64Milli(${ms}, 'UTC')`;
}
