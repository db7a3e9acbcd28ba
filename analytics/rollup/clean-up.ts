import type { ClickHouse } from '../clickhouse/handle.ts';
import { type Cube, isOfVisitors } from './cubes.ts';
import type { RollupUnit, RunsTable } from './runs.ts';

/**
 * How long a version outlives the one that follows it. A report finds the versions first and reads them next, and no
 * report runs so long (`reportTimeoutS`); a query that already reads keeps its parts whatever is deleted.
 */
const keptMs = 900_000;

/** Most versions removed in one go: each is a pair in the mutation's text. */
const batch = 500;

interface Versions {
  readonly runsTable: string;
  readonly rowsTable: string;
  /** Condition on the runs. */
  readonly runs: string;
  /** Condition on the rows of these runs. */
  readonly rows: string;
}

/**
 * Removes the rows of versions that were replaced, or never finished, more than 15 minutes ago, then their runs.
 * Returns how many versions. The table of the rows has columns `period` and `version`.
 */
export function cleanUp(
  clickhouse: ClickHouse,
  nowMs: number,
  runsTable: RunsTable,
  rowsTable: string,
): Promise<number> {
  return removeReplaced(clickhouse, nowMs, { runsTable, rowsTable, runs: '1', rows: '1' });
}

/** The same of a cube's hours and days. */
export async function cleanUpRollups(clickhouse: ClickHouse, nowMs: number, cube: Cube): Promise<number> {
  const { name, table } = cube;
  const of = (unit: RollupUnit, rows: string, rowsTable = table) =>
    removeReplaced(clickhouse, nowMs, {
      runsTable: 'rollup_runs',
      rowsTable,
      runs: `cube = '${name}' AND unit = '${unit}'`,
      rows,
    });
  const removed = (await of('hour', "grain != 'day'")) + (await of('day', "grain = 'day'"));
  if (!isOfVisitors(cube)) return removed;
  return (
    removed +
    (await of('local_day', '1', 'visitor_local_days')) +
    (await of('visitor_day', '1', 'visitor_days')) +
    (await of('returns', '1', 'visitor_returns'))
  );
}

async function removeReplaced(
  clickhouse: ClickHouse,
  nowMs: number,
  { runsTable, rowsTable, runs: ofRuns, rows: ofRows }: Versions,
): Promise<number> {
  const runs = await clickhouse.query<{ period: number; version: number }>(
    `SELECT DISTINCT toUnixTimestamp(runs.period) AS period, runs.version AS version
     FROM (SELECT period, version FROM ${runsTable} WHERE ${ofRuns}) AS runs
     INNER JOIN (
       SELECT done.period AS period, max(done.version) AS version, argMax(done.at, done.version) AS at
       FROM ${runsTable} AS done WHERE done.state = 'done' AND ${ofRuns} GROUP BY done.period
     ) AS current ON current.period = runs.period
     WHERE runs.version < current.version
       AND current.at < fromUnixTimestamp64Milli({before:Int64}, 'UTC')
     ORDER BY period, version
     LIMIT ${batch}`,
    { before: nowMs - keptMs },
    { lane: 'jobs' },
  );
  if (runs.length === 0) return 0;
  const pairs = runs
    .map((run) => `(toDateTime(${whole(run.period)}, 'UTC'), ${whole(run.version)})`)
    .join(', ');
  const removals = [
    { table: rowsTable, where: ofRows },
    { table: runsTable, where: ofRuns },
  ];
  for (const { table, where } of removals) {
    await clickhouse.command(
      `ALTER TABLE ${table} DELETE WHERE (period, version) IN (${pairs}) AND ${where} SETTINGS mutations_sync = 1`,
      {},
      { lane: 'jobs' },
    );
  }
  return runs.length;
}

/** A mutation's text is stored and run later, without parameters: these go in as digits. */
function whole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is no whole number.`);
  return String(value);
}
