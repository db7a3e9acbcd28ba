import type { ClickHouse } from '../clickhouse/handle.ts';
import { settingsList } from '../clickhouse/sql-text.ts';
import { counted } from '../validity/counted.ts';
import type { ReversalChange } from '../validity/reversals.ts';
import { batches, inOrigins, originParameters, originsOf } from './batches.ts';
import type { Cube } from './cubes.ts';
import { closedUntil, closingGraceMs, dayMs } from './period.ts';
import { returnColumns, returnFamilies, returnRows, visitorDayColumns, visitorDayRows } from './returns.ts';
import type { ReturnsState } from './returns-state.ts';
import type { RollupOptions } from './roll-up.ts';
import { newVersion, plainInsert, recordRun } from './runs.ts';
import { cubeState, type DayState, hoursByDay } from './state.ts';

const jobs = { lane: 'jobs' } as const;
const all = { fromMs: 0, toMs: Date.UTC(2100, 0) };

/** So many events are put into returns as one: those of the days before are read once for all of them. */
const batchEvents = 16_000_000;

/**
 * Who was seen on each complete UTC day. Read from the events, of which there are those that its hours were made of, or
 * more: then the hours are made anew, and this with them.
 */
export async function rollUpVisitorDays(
  { clickhouse, nowMs, signal, graceMs = closingGraceMs }: RollupOptions,
  cube: Cube,
  reversals: readonly ReversalChange[],
): Promise<void> {
  const { visitorDays, hours } = await cubeState(clickhouse, cube, all, jobs, reversals);
  const byDay = hoursByDay(hours);
  const hoursOf = (day: DayState) => byDay.get(day.dayMs) ?? [];
  const isWhole = (day: DayState) => hoursOf(day).every(({ dropped }) => !dropped);
  const due = visitorDays.filter(
    (day) => !day.valid && day.dayMs + dayMs <= closedUntil(nowMs, graceMs) && isWhole(day),
  );
  const counting = counted(reversals, `period IN {origins:Array(DateTime('UTC'))}`);
  for (const days of batches(due, hoursOf)) {
    if (signal?.aborted === true) return;
    const run = {
      ...({ cube: cube.name, unit: 'visitor_day', nowMs } as const),
      version: newVersion(nowMs, Math.max(...days.map((day) => day.version))),
      periods: days.map((day) => day.dayMs / 1000),
      made: days.map((day) => day.madeOf),
    };
    await recordRun(clickhouse, 'started', run);
    const within = `toStartOfDay(time) IN {days:Array(DateTime('UTC'))}`;
    await clickhouse.command(
      `INSERT INTO visitor_days (version, ${visitorDayColumns}) SETTINGS ${settingsList(plainInsert)}
       SELECT {version:UInt64}, ${visitorDayColumns} FROM (${visitorDayRows(counting.sql, inOrigins, within)})`,
      {
        ...counting.parameters,
        ...originParameters(originsOf(days.flatMap(hoursOf))),
        ...{ days: run.periods, version: run.version },
      },
      jobs,
    );
    await recordRun(clickhouse, 'done', run);
  }
}

/** The returns of days of which it is known who was seen, and on the days before. */
export async function rollUpReturns(
  { clickhouse, nowMs, signal }: RollupOptions,
  cube: Cube,
  reversals: readonly ReversalChange[],
): Promise<void> {
  const { returns, visitorDays, hours } = await cubeState(clickhouse, cube, all, jobs, reversals);
  const byDay = hoursByDay(hours);
  const seen = new Map(visitorDays.filter(({ valid }) => valid).map((day) => [day.dayMs, day.version]));
  const due = returns.filter((day) => day.due);
  for (const days of batches(due, (day) => byDay.get(day.dayMs) ?? [], batchEvents)) {
    if (signal?.aborted === true) return;
    await rollUpBatch(clickhouse, cube, days, seen, nowMs);
  }
}

async function rollUpBatch(
  clickhouse: ClickHouse,
  cube: Cube,
  days: readonly ReturnsState[],
  seen: ReadonlyMap<number, number>,
  nowMs: number,
): Promise<void> {
  const run = {
    ...({ cube: cube.name, unit: 'returns', nowMs } as const),
    version: newVersion(nowMs, Math.max(...days.map((day) => day.version))),
    periods: days.map((day) => day.dayMs / 1000),
    made: days.map((day) => day.possibleMadeOf),
    reaches: days.map((day) => day.possibleReach),
  };
  await recordRun(clickhouse, 'started', run);
  const lastMs = Math.max(...days.map((day) => day.dayMs));
  const firstMs = Math.min(...days.map((day) => day.dayMs - day.possibleReach * dayMs));
  const read = [...seen].filter(([day]) => day >= firstMs && day <= lastMs);
  for (const family of returnFamilies) {
    await clickhouse.command(
      `INSERT INTO visitor_returns (version, ${returnColumns}) SETTINGS ${settingsList(plainInsert)}
       SELECT {version:UInt64}, ${returnColumns} FROM (${returnRows(family, ofVisitorDays)})`,
      {
        ...{ days: run.periods, version: run.version },
        seen: read.map(([day]) => day / 1000),
        versions: read.map(([, version]) => version),
        ...{ first: firstMs / 1000, last: lastMs / 1000 },
      },
      jobs,
    );
  }
  await recordRun(clickhouse, 'done', run);
}

/** Condition on who was seen: on the days before only those with a cookie who were seen on one of these days. */
const ofVisitorDays = `source.period >= toDateTime({first:UInt32}, 'UTC') AND source.period <= toDateTime({last:UInt32}, 'UTC')
    AND (source.period, source.version) IN (
      SELECT arrayJoin(arrayZip({seen:Array(DateTime('UTC'))}, {versions:Array(UInt64)})))
    AND (source.period IN {days:Array(DateTime('UTC'))} OR source.cookie)`;
