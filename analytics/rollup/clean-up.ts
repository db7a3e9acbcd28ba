import type { ClickHouse } from '../clickhouse/handle.ts';
import { currentRuns } from './state.ts';

/**
 * How long a version outlives the one that follows it. A report finds the versions first and reads them next, and no
 * report runs so long (`reportTimeoutS`); a query that already reads keeps its parts whatever is deleted.
 */
const keptMs = 900_000;

/** Most versions removed in one go: each is a pair in the mutation's text. */
const batch = 500;

/**
 * Removes the rows of versions that were replaced, or never finished, more than 15 minutes ago, then their runs.
 * Returns how many versions.
 */
export async function cleanUp(clickhouse: ClickHouse, nowMs: number): Promise<number> {
  const runs = await clickhouse.query<{ period: number; version: number }>(
    `SELECT DISTINCT toUnixTimestamp(runs.period) AS period, runs.version AS version
     FROM rollup_runs AS runs
     LEFT JOIN (
       SELECT known.period AS period, known.version AS version, max(done.at) AS at
       FROM (${currentRuns}) AS known
       INNER JOIN rollup_runs AS done ON done.period = known.period AND done.version = known.version
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
  for (const table of ['traffic_rollup', 'rollup_runs']) {
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
