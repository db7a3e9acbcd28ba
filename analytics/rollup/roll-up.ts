import type { Logger } from 'pino';
import type { ClickHouse } from '../clickhouse/handle.ts';
import { settingsList } from '../clickhouse/sql-text.ts';
import { type Condition, counted } from '../validity/counted.ts';
import { type ReversalChange, reversalChanges } from '../validity/reversals.ts';
import { batchEvents, batches, eventsOf, inOrigins, originParameters, originsOf } from './batches.ts';
import { cleanUpRollups } from './clean-up.ts';
import { type Cube, coarserRows, cubes, finestRows, isOfVisitors, rowColumns } from './cubes.ts';
import { localDayColumns, localDayRows } from './local-days.ts';
import { closedUntil, closingGraceMs, dayMs, localDayMinutes, periodMs } from './period.ts';
import { rollUpReturns, rollUpVisitorDays } from './roll-up-returns.ts';
import { newVersion, plainInsert, recordRun } from './runs.ts';
import { cubeState, type DayState, type HourState, madeOf } from './state.ts';

const jobs = { lane: 'jobs' } as const;
const all = { fromMs: 0, toMs: Date.UTC(2100, 0) };

export interface RollupOptions {
  readonly clickhouse: ClickHouse;
  readonly nowMs: number;
  readonly logger: Logger;
  /** How long after its end a period is closed. Default: 600,000 ms. */
  readonly graceMs?: number;
  /** Default: all. */
  readonly cubes?: readonly Cube[];
  /** Ends the run before the next batch. */
  readonly signal?: AbortSignal;
}

export interface RollupCounts {
  /** Hours of all cubes made, for the first time or anew. */
  periods: number;
  /** Raw events with a say in them, once for all cubes. */
  events: number;
  /** UTC days put together of their hours. */
  days: number;
  /** Hours left for the next run because an insert was under way, or their raw events are gone. */
  waiting: number;
  /** Outdated versions removed. */
  removedVersions: number;
}

/**
 * Makes the rollups of every closed hour that has none or whose events have changed since, and of the days that are
 * complete. Running it again changes nothing. A run that dies leaves rows under a version that nobody reads, and a later
 * one removes them.
 */
export async function rollUp(options: RollupOptions): Promise<RollupCounts> {
  const { clickhouse, nowMs, logger } = options;
  const counts: RollupCounts = { periods: 0, events: 0, days: 0, waiting: 0, removedVersions: 0 };
  const reversals = await reversalChanges(clickhouse, jobs);
  for (const cube of options.cubes ?? cubes) {
    await rollUpHours(options, cube, reversals, counts);
    await rollUpDays(options, cube, reversals, counts);
    if (isOfVisitors(cube)) {
      await rollUpLocalDays(options, cube, reversals);
      await rollUpVisitorDays(options, cube, reversals);
      await rollUpReturns(options, cube, reversals);
    }
    counts.removedVersions += await cleanUpRollups(clickhouse, nowMs, cube);
  }
  if (counts.periods > 0 || counts.days > 0 || counts.removedVersions > 0)
    logger.info({ ...counts }, 'Rollup made');
  return counts;
}

async function rollUpHours(
  options: RollupOptions,
  cube: Cube,
  reversals: readonly ReversalChange[],
  counts: RollupCounts,
): Promise<void> {
  const { clickhouse, nowMs, signal, graceMs = closingGraceMs } = options;
  const closedMs = closedUntil(nowMs, graceMs);
  const { hours } = await cubeState(clickhouse, cube, all, jobs, reversals);
  const isClosed = ({ hourMs, origins }: HourState) =>
    hourMs < closedMs && origins.every(({ originMs }) => originMs < closedMs);
  const due = hours.filter((hour) => !hour.valid && isClosed(hour));
  const counting = counted(reversals, `period IN {origins:Array(DateTime('UTC'))}`);
  const read = new Map<number, number>();
  for (const batch of batches(due, (hour) => [hour])) {
    if (signal?.aborted === true) break;
    const found = await countEvents(clickhouse, originsOf(batch));
    // Fewer: an insert is under way, or retention has dropped the raw events and the rollup is all that is left.
    const ready = batch.filter(({ origins }) =>
      origins.every(({ originMs, events }) => (found.get(originMs) ?? 0) >= events),
    );
    counts.waiting += batch.length - ready.length;
    if (ready.length === 0) continue;
    await rollUpBatch(clickhouse, cube, ready, found, counting, nowMs);
    counts.periods += ready.length;
    for (const origin of originsOf(ready)) read.set(origin, found.get(origin) ?? 0);
  }
  counts.events = Math.max(
    counts.events,
    [...read.values()].reduce((sum, events) => sum + events, 0),
  );
}

/**
 * Makes the rows of some hours. `rollup_runs` gets what the events were before the rows are made: had more come by then,
 * that differs from what there is and the hour is made again; so a rollup that is valid has read exactly its events.
 * Events of the table itself are counted, because `period_events` may be ahead of it or behind; marks and reversals that
 * come meanwhile make the hour again.
 */
async function rollUpBatch(
  clickhouse: ClickHouse,
  cube: Cube,
  ready: readonly HourState[],
  found: ReadonlyMap<number, number>,
  counting: Condition,
  nowMs: number,
): Promise<void> {
  const hours = ready.map(({ hourMs }) => hourMs / 1000);
  const made = ready.map(({ origins }) =>
    madeOf(
      cube,
      origins.map((origin) => ({ ...origin, events: found.get(origin.originMs) ?? origin.events })),
    ),
  );
  const version = newVersion(nowMs, Math.max(...ready.map((hour) => hour.version)));
  const run = { cube: cube.name, unit: 'hour', periods: hours, made, version, nowMs } as const;
  await recordRun(clickhouse, 'started', run);
  const into = `INSERT INTO ${cube.table} (version, ${rowColumns(cube)}) SETTINGS ${settingsList(plainInsert)}`;
  const within = `toStartOfHour(time) IN {hours:Array(DateTime('UTC'))}`;
  await clickhouse.command(
    `${into} SELECT {version:UInt64}, ${rowColumns(cube)} FROM (${finestRows(cube, counting.sql, inOrigins, within)})`,
    { ...counting.parameters, ...originParameters(originsOf(ready)), hours, version },
    jobs,
  );
  const own = `period IN {hours:Array(DateTime('UTC'))} AND version = {version:UInt64}
    AND bucket >= toDateTime({first:UInt32}, 'UTC') AND bucket < toDateTime({end:UInt32}, 'UTC')`;
  await clickhouse.command(
    `${into} SELECT {version:UInt64}, ${rowColumns(cube)} FROM (${coarserRows(cube, 'hour', own)})`,
    { hours, version, first: Math.min(...hours), end: Math.max(...hours) + periodMs / 1000 },
    jobs,
  );
  await recordRun(clickhouse, 'done', run);
}

async function rollUpDays(
  { clickhouse, nowMs, signal, graceMs = closingGraceMs }: RollupOptions,
  cube: Cube,
  reversals: readonly ReversalChange[],
  counts: RollupCounts,
): Promise<void> {
  const closedMs = closedUntil(nowMs, graceMs);
  const { days, hours } = await cubeState(clickhouse, cube, all, jobs, reversals);
  const hoursOf = (day: DayState) =>
    hours.filter(({ hourMs }) => hourMs >= day.dayMs && hourMs < day.dayMs + dayMs);
  const due = days.filter((day) => !day.valid && day.dayMs + dayMs <= closedMs);
  for (const batch of batches(due, hoursOf)) {
    if (signal?.aborted === true) return;
    await rollUpDayBatch(clickhouse, cube, batch, batch.flatMap(hoursOf), nowMs);
    counts.days += batch.length;
  }
}

async function rollUpDayBatch(
  clickhouse: ClickHouse,
  cube: Cube,
  days: readonly DayState[],
  hours: readonly HourState[],
  nowMs: number,
): Promise<void> {
  const version = newVersion(nowMs, Math.max(...days.map((day) => day.version)));
  const periods = days.map((day) => day.dayMs / 1000);
  const made = days.map((day) => day.madeOf);
  const run = { cube: cube.name, unit: 'day', periods, made, version, nowMs } as const;
  await recordRun(clickhouse, 'started', run);
  await clickhouse.command(
    `INSERT INTO ${cube.table} (version, ${rowColumns(cube)}) SETTINGS ${settingsList(plainInsert)}
     SELECT {version:UInt64}, ${rowColumns(cube)} FROM (${coarserRows(cube, 'day', ofHours)})`,
    {
      version,
      start: Math.min(...periods),
      end: Math.max(...periods) + dayMs / 1000,
      ...hourParameters(hours),
    },
    jobs,
  );
  await recordRun(clickhouse, 'done', run);
}

/** Local days reach into the next UTC day, which has to be over as well. */
async function rollUpLocalDays(
  { clickhouse, nowMs, signal, graceMs = closingGraceMs }: RollupOptions,
  cube: Cube,
  reversals: readonly ReversalChange[],
): Promise<void> {
  const closedMs = closedUntil(nowMs, graceMs);
  const { localDays, hours } = await cubeState(clickhouse, cube, all, jobs, reversals);
  const hoursOf = (day: DayState) =>
    hours.filter(({ hourMs }) => hourMs >= day.dayMs && hourMs < day.dayMs + 2 * dayMs);
  const due = localDays.filter((day) => !day.valid && day.dayMs + 2 * dayMs <= closedMs);
  for (const batch of batches(due, hoursOf)) {
    if (signal?.aborted === true) return;
    await rollUpLocalDayBatch(clickhouse, cube, batch, hoursOf, nowMs);
  }
}

/** In so many parts that the sketches of all fit in memory side by side. */
async function rollUpLocalDayBatch(
  clickhouse: ClickHouse,
  cube: Cube,
  days: readonly DayState[],
  hoursOf: (day: DayState) => readonly HourState[],
  nowMs: number,
): Promise<void> {
  const version = newVersion(nowMs, Math.max(...days.map((day) => day.version)));
  const run = {
    ...{ cube: cube.name, unit: 'local_day' as const, version, nowMs },
    periods: days.map((day) => day.dayMs / 1000),
    made: days.map((day) => day.madeOf),
  };
  await recordRun(clickhouse, 'started', run);
  const hours = [...new Map(days.flatMap(hoursOf).map((hour) => [hour.hourMs, hour])).values()];
  const parts = Math.min(localDayMinutes.length, Math.ceil(eventsOf(hours) / batchEvents));
  for (let part = 0; part < parts; part++) {
    const minutes = localDayMinutes.filter((_, at) => at % parts === part);
    await clickhouse.command(
      `INSERT INTO visitor_local_days (version, ${localDayColumns}) SETTINGS ${settingsList(plainInsert)}
       SELECT {version:UInt64}, ${localDayColumns} FROM (${localDayRows(minutes, ofHours)})`,
      {
        ...{ version, days: run.periods, ...hourParameters(hours) },
        start: Math.min(...run.periods),
        end: Math.max(...run.periods) + (2 * dayMs) / 1000,
      },
      jobs,
    );
  }
  await recordRun(clickhouse, 'done', run);
}

/** Condition on the rows of some hours, from a start to an end. */
const ofHours = `bucket >= toDateTime({start:UInt32}, 'UTC') AND bucket < toDateTime({end:UInt32}, 'UTC')
    AND (toStartOfHour(source.bucket), source.version) IN (
      SELECT arrayJoin(arrayZip({hours:Array(DateTime('UTC'))}, {versions:Array(UInt64)})))`;

function hourParameters(hours: readonly HourState[]) {
  return { hours: hours.map(({ hourMs }) => hourMs / 1000), versions: hours.map((hour) => hour.version) };
}

/** Raw events by the start of their hour of origin, in milliseconds. */
async function countEvents(
  clickhouse: ClickHouse,
  originsMs: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const rows = await clickhouse.query<{ originMs: number; events: number }>(
    `SELECT toUnixTimestamp(toStartOfHour(origin)) * 1000 AS originMs, count() AS events
     FROM events WHERE ${inOrigins} GROUP BY originMs`,
    originParameters(originsMs),
    jobs,
  );
  return new Map(rows.map((row) => [row.originMs, row.events]));
}
