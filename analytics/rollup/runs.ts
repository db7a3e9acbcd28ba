import { randomInt } from 'node:crypto';
import type { ClickHouse } from '../clickhouse/handle.ts';
import { settingsList } from '../clickhouse/sql-text.ts';

/** Tables that keep the makings of a period's rows: a row when one starts, a row when it is done. */
export type RunsTable = 'mark_runs' | 'conversion_runs';

/** The pairs of period and version that count: of those that are done, the highest of each period (SQL). */
export function currentVersions(runs: RunsTable): string {
  return `SELECT period, max(version) FROM ${runs} WHERE state = 'done' GROUP BY period`;
}

/** What is made as one: an hour, a UTC day, the local days that begin in a UTC day, who was seen on one, its returns. */
export type RollupUnit = 'hour' | 'day' | 'local_day' | 'visitor_day' | 'returns';

/** The same of a cube's hours or days, of the runs no newer than a version (SQL). */
export function currentRollups(cube: string, unit: RollupUnit, newest: string): string {
  return `SELECT period, max(version) FROM rollup_runs
    WHERE cube = '${cube}' AND unit = '${unit}' AND state = 'done' AND version <= ${newest} GROUP BY period`;
}

/**
 * Above the one before, also where the clock was set back; otherwise by time. The random part keeps two back offices
 * that run at once, or two runs in one millisecond, from writing under one version, which would count twice. Below
 * 2^53 until the year 2248.
 */
export function newVersion(nowMs: number, before: number): number {
  return Math.max(Math.floor(nowMs) * 1024, before + 1) + randomInt(1024);
}

/** No deduplication: made anew without a change, the same block would be taken for a repetition. */
export const plainInsert = {
  insert_deduplicate: 0,
  deduplicate_insert: 'disable',
  deduplicate_insert_select: 'disable',
  async_insert: 0,
};

export interface RollupRun {
  /** The cube's name. */
  readonly cube: string;
  readonly unit: RollupUnit;
  /** Starts, in seconds. */
  readonly periods: readonly number[];
  readonly made: readonly number[];
  /** Of returns: how many days before its own each of them looks back on. */
  readonly reaches?: readonly number[];
  readonly version: number;
  readonly nowMs: number;
}

export async function recordRun(
  clickhouse: ClickHouse,
  state: 'started' | 'done',
  { cube, unit, periods, made, reaches = periods.map(() => 0), version, nowMs }: RollupRun,
): Promise<void> {
  await clickhouse.command(
    `INSERT INTO rollup_runs (cube, unit, period, version, state, made_of, at, reach)
     SETTINGS ${settingsList(plainInsert)}
     SELECT {cube:String}, {unit:String}, toDateTime(made.1, 'UTC'), {version:UInt64}, {state:String}, made.2,
       fromUnixTimestamp64Milli({nowMs:Int64}, 'UTC'), made.3
     FROM (SELECT arrayJoin(arrayZip({periods:Array(UInt32)}, {made:Array(UInt64)}, {reaches:Array(UInt16)})) AS made)`,
    { cube, unit, periods, made, reaches, version, state, nowMs },
    { lane: 'jobs' },
  );
}
