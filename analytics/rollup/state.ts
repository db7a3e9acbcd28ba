import type { CallOptions, ClickHouse } from '../clickhouse/handle.ts';
import { countedForMs } from '../events/columns.ts';
import { changesWithin, type ReversalChange } from '../validity/reversals.ts';
import { type Cube, cubes, isOfVisitors } from './cubes.ts';
import { fingerprint } from './fingerprint.ts';
import { dayMs, localDayMinutes, periodMs } from './period.ts';
import { mostReach } from './returns.ts';
import { type ReturnsState, returnsOf } from './returns-state.ts';
import type { RollupUnit } from './runs.ts';

/** The events that have their origin in one hour. */
export interface Origin {
  /** Start of the hour, milliseconds since 1970. */
  readonly originMs: number;
  /** Raw events that `period_events` knows of, duplicates included. */
  readonly events: number;
  /** The span of the times of those that may count, milliseconds since 1970, both ends included. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Version of its marks of invalid traffic, 0 where it has none. */
  readonly marks: number;
  /** Changes of reversals that touch it. */
  readonly reversals: number;
  /** Retention has dropped its events: what was made of them cannot be made again. */
  readonly dropped?: boolean;
}

/** An hour of the events' own time: what it has to be made of, and what its rollup was made of. */
export interface HourState {
  readonly hourMs: number;
  /** Origins of the events that have a say in it, in order. */
  readonly origins: readonly Origin[];
  /** Its rollup's version; 0 where there is none. */
  readonly version: number;
  /** Whether the rollup can stand for the events, or has to. */
  readonly valid: boolean;
  /** Whether some of its events were dropped: there are no rows but its rollup's. */
  readonly dropped: boolean;
}

/** A UTC day whose hours are all valid. */
export interface DayState {
  readonly dayMs: number;
  /** Of its hours' versions. */
  readonly madeOf: number;
  readonly version: number;
  readonly valid: boolean;
}

export interface CubeState {
  /** Hours that events touch, in order. */
  readonly hours: readonly HourState[];
  readonly days: readonly DayState[];
  /** UTC days that have local days begin in them, where all hours of these are valid. Only the visitors' cube has any. */
  readonly localDays: readonly DayState[];
  /** Who was seen on UTC days with valid hours, and how they return. Likewise of the visitors' cube alone. */
  readonly visitorDays: readonly DayState[];
  readonly returns: readonly ReturnsState[];
  /** Of all runs looked at: whoever reads the rollup leaves newer ones aside. */
  readonly newest: number;
}

/** No event that counts is further from its origin than this, in either direction: a browser's clock may be ahead. */
const farthestMs = countedForMs;

interface Run {
  readonly unit: RollupUnit;
  readonly periodMs: number;
  readonly version: number;
  readonly madeOf: number;
  readonly reach: number;
}

/**
 * What stands of a cube for [`fromMs`, `toMs`), widened to whole UTC days.
 * @param reversals every change of them, which whoever reads the events has to go by as well
 */
export async function cubeState(
  clickhouse: ClickHouse,
  cube: Cube,
  range: { readonly fromMs: number; readonly toMs: number },
  options: CallOptions,
  reversals: readonly ReversalChange[],
): Promise<CubeState> {
  const fromMs = Math.floor(range.fromMs / dayMs) * dayMs;
  const toMs = Math.ceil(range.toMs / dayMs) * dayMs;
  const reach = farthestMs + periodMs + cube.marginMs;
  const around = { fromMs: Math.max(0, fromMs - reach), toMs: toMs + reach };
  const origins = await originsOf(clickhouse, around, options, reversals);
  const runs = await runsOf(clickhouse, cube, { fromMs, toMs }, options);
  return stateOf(cube, { fromMs, toMs }, origins, runs);
}

const inRange = `period >= toDateTime({from:UInt32}, 'UTC') AND period < toDateTime({to:UInt32}, 'UTC')`;

/** Condition that the events of an instant or hour of origin (SQL) have not been dropped. */
export function hasEvents(origin: string): string {
  return `toDate(${origin}) NOT IN (SELECT day FROM dropped_days)`;
}

async function originsOf(
  clickhouse: ClickHouse,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  options: CallOptions,
  reversals: readonly ReversalChange[],
): Promise<Origin[]> {
  const found = await clickhouse.query<Omit<Origin, 'reversals' | 'dropped'> & { dropped: number }>(
    `SELECT toUnixTimestamp(known.period) * 1000 AS originMs, known.total AS events,
       toUnixTimestamp64Milli(known.earliest) AS firstMs, toUnixTimestamp64Milli(known.latest) AS lastMs,
       marked.version AS marks, known.dropped AS dropped
     FROM (
       SELECT period, sum(events) AS total, min(first) AS earliest, max(last) AS latest, 0 AS dropped
       FROM period_events WHERE ${inRange} AND ${hasEvents('period')} GROUP BY period
       UNION ALL
       SELECT period, max(events) AS total, min(first) AS earliest, max(last) AS latest, 1 AS dropped
       FROM dropped_periods WHERE ${inRange} GROUP BY period
     ) AS known
     LEFT JOIN (
       SELECT runs.period AS period, if(argMax(runs.marks, runs.version) = 0, 0, max(runs.version)) AS version
       FROM mark_runs AS runs WHERE runs.state = 'done' GROUP BY runs.period
     ) AS marked ON marked.period = known.period
     ORDER BY known.period`,
    { from: Math.floor(fromMs / 1000), to: Math.ceil(toMs / 1000) },
    { ...options, settings: { join_use_nulls: 0, ...options.settings } },
  );
  return found.map(({ dropped, ...origin }) => {
    const { originMs } = origin;
    const firstMs = Math.max(origin.firstMs, originMs - farthestMs);
    const lastMs = Math.min(origin.lastMs, originMs + periodMs + farthestMs);
    const touching = changesWithin(reversals, firstMs, lastMs);
    return { ...origin, firstMs, lastMs, reversals: touching, dropped: dropped === 1 };
  });
}

/**
 * The hours of origin, as milliseconds, from the first to behind the last with an event of a time in the range: also of
 * those that came too late to count.
 */
export async function originRange(
  clickhouse: ClickHouse,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  options: CallOptions,
): Promise<{ originFromMs: number; originToMs: number }> {
  const [found] = await clickhouse.query<{ first: number; last: number }>(
    `SELECT toUnixTimestamp(min(period)) * 1000 AS first, toUnixTimestamp(max(period)) * 1000 AS last
     FROM period_events
     WHERE period_events.first < fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
       AND period_events.last >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')`,
    { fromMs, toMs },
    options,
  );
  return { originFromMs: found?.first ?? 0, originToMs: (found?.last ?? 0) + periodMs };
}

/** Of the runs that are done, the last of each hour and day; of who was seen, also on the days that returns look back on. */
function runsOf(
  clickhouse: ClickHouse,
  cube: Cube,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  options: CallOptions,
): Promise<Run[]> {
  return clickhouse.query<Run>(
    `SELECT toString(unit) AS unit, toUnixTimestamp(period) * 1000 AS periodMs, max(rollup_runs.version) AS version,
       argMax(made_of, rollup_runs.version) AS madeOf, argMax(rollup_runs.reach, rollup_runs.version) AS reach
     FROM rollup_runs
     WHERE cube = {cube:String} AND state = 'done' AND period < toDateTime({to:UInt32}, 'UTC')
       AND period >= toDateTime(if(unit = 'visitor_day', {seenFrom:UInt32}, {from:UInt32}), 'UTC')
     GROUP BY unit, period ORDER BY unit, period`,
    {
      ...{ cube: cube.name, from: fromMs / 1000, to: toMs / 1000 },
      seenFrom: Math.max(0, fromMs - mostReach * dayMs) / 1000,
    },
    options,
  );
}

/** How rows of events are made: where a new version of Signpost makes others, a cube is made anew. */
const making = new Map(
  cubes.map((cube) => [
    cube.name,
    fingerprint([...JSON.stringify(cube)].map((character) => character.codePointAt(0) ?? 0)),
  ]),
);

/** What a cube's hour has to be made of, as one number. */
export function madeOf(cube: Cube, origins: readonly Origin[]): number {
  const read = origins.flatMap(({ originMs, events, marks, reversals }) => [
    originMs,
    events,
    marks,
    reversals,
  ]);
  return fingerprint([making.get(cube.name) ?? 0, ...read]);
}

export function stateOf(
  cube: Cube,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  origins: readonly Origin[],
  runs: readonly Run[],
): CubeState {
  const byHour = new Map<number, Origin[]>();
  for (const origin of origins) {
    const first = Math.max(fromMs, Math.floor((origin.firstMs - cube.marginMs) / periodMs) * periodMs);
    const last = Math.min(toMs - 1, origin.lastMs + cube.marginMs);
    for (let hour = first; hour <= last; hour += periodMs) {
      const touching = byHour.get(hour);
      if (touching === undefined) byHour.set(hour, [origin]);
      else touching.push(origin);
    }
  }
  const hourRuns = new Map(runs.filter(({ unit }) => unit === 'hour').map((run) => [run.periodMs, run]));
  const hours = [...byHour]
    .sort(([a], [b]) => a - b)
    .map(([hourMs, touching]): HourState => {
      const run = hourRuns.get(hourMs);
      const dropped = touching.some((origin) => origin.dropped === true);
      const valid = run !== undefined && (dropped || run.madeOf === madeOf(cube, touching));
      return { hourMs, origins: touching, version: run?.version ?? 0, valid, dropped };
    });
  const runsOfDays = (unit: RollupUnit) =>
    new Map(runs.filter((run) => run.unit === unit).map((run) => [run.periodMs, run]));
  const byDay = hoursByDay(hours);
  const ofVisitors = isOfVisitors(cube) ? byDay : new Map();
  const seen = runsOfDays('visitor_day');
  const visitorDays = daysOf(ofVisitors, seen, 1);
  return {
    hours,
    days: daysOf(byDay, runsOfDays('day'), 1),
    localDays: daysOf(ofVisitors, runsOfDays('local_day'), 2, localDayMinutes),
    visitorDays,
    returns: returnsOf(ofVisitors, visitorDays, seen, runsOfDays('returns')),
    newest: runs.reduce((newest, { version }) => Math.max(newest, version), 0),
  };
}

/** By the UTC day that they are in. */
export function hoursByDay(hours: readonly HourState[]): ReadonlyMap<number, readonly HourState[]> {
  const byDay = new Map<number, HourState[]>();
  for (const hour of hours) {
    const day = Math.floor(hour.hourMs / dayMs) * dayMs;
    const known = byDay.get(day);
    if (known === undefined) byDay.set(day, [hour]);
    else known.push(hour);
  }
  return byDay;
}

/** Days all of whose hours are valid; `length` is of how many UTC days the hours are, `making` what else there is to it. */
function daysOf(
  byDay: ReadonlyMap<number, readonly HourState[]>,
  runs: ReadonlyMap<number, Run>,
  length: 1 | 2,
  making: readonly number[] = [],
): DayState[] {
  return [...byDay]
    .map(
      ([day, ofDay]) => [day, length === 1 ? ofDay : [...ofDay, ...(byDay.get(day + dayMs) ?? [])]] as const,
    )
    .filter(([, own]) => own.every(({ valid }) => valid))
    .map(([day, own]) => {
      const run = runs.get(day);
      const made = fingerprint([...making, ...own.flatMap(({ hourMs, version }) => [hourMs, version])]);
      return { dayMs: day, madeOf: made, version: run?.version ?? 0, valid: run?.madeOf === made };
    });
}
