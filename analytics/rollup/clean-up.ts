import type { ClickHouse } from '../clickhouse/handle.ts';
import { currentVersions, type RunsTable } from './runs.ts';

/**
 * How long a version outlives the one that follows it. A report finds the versions first and reads them next, and no
 * report runs so long (`reportTimeoutS`); a query that already reads keeps its parts whatever is deleted.
 */
const keptMs = 900_000;

/** Most versions removed in one go: each is a pair in the mutation's text. */
const batch = 500;

/**
 * Removes the rows of versions that were replaced, or never finished, more than 15 minutes ago, then their runs.
 * Returns how many versions. The table of the rows has columns `period` and `version`.
 */
export async function cleanUp(
  clickhouse: ClickHouse,
  nowMs: number,
  runsTable: RunsTable,
  rowsTable: string,
): Promise<number> {
  const runs = await clickhouse.query<{ period: number; version: number }>(
    `SELECT DISTINCT toUnixTimestamp(runs.period) AS period, runs.version AS version
     FROM ${runsTable} AS runs
     LEFT JOIN (
       SELECT done.period AS period, done.version AS version, max(done.at) AS at
       FROM ${runsTable} AS done WHERE (done.period, done.version) IN (${currentVersions(runsTable)})
       GROUP BY period, version
     ) AS current ON current.period = runs.period
     WHERE runs.version < current.version
       AND current.at < fromUnixTimestamp64Milli({before:Int64}, 'UTC')
     ORDER BY period, version
     LIMIT ${batch}`,
    { before: nowMs - keptMs },
    { lane: 'jobs', settings: { join_use_nulls: 0 } },
  );
  if (runs.length === 0) return 0;
  const pairs = runs
    .map((run) => `(toDateTime(${whole(run.period)}, 'UTC'), ${whole(run.version)})`)
    .join(', ');
  for (const table of [rowsTable, runsTable]) {
    await clickhouse.command(
      `ALTER TABLE ${table} DELETE WHERE (period, version) IN (${pairs}) SETTINGS mutations_sync = 1`,
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
