import { AnalyticsError } from '../clickhouse/errors.ts';
import type { ClickHouse } from '../clickhouse/handle.ts';
import { settingsList } from '../clickhouse/sql-text.ts';
import { plainInsert } from '../rollup/runs.ts';
import { hasEvents } from '../rollup/state.ts';
import { storedTables } from '../stored-tables.ts';
import { type ClickHouseContents, qualified, storedTotals } from './back-up.ts';
import { runOperation } from './operation.ts';
import { type BackupPlace, placeSql } from './places.ts';

const jobs = { lane: 'jobs' } as const;

export interface RestoreOptions {
  readonly clickhouse: ClickHouse;
  readonly contents: ClickHouseContents;
  readonly place: BackupPlace;
  /** That of the backup's base, where it has one. */
  readonly base: BackupPlace | undefined;
  /** Where to; default: the database of the connection. It must have none of the tables. */
  readonly database?: string;
  /** Without views, a copy takes no part in what happens to the tables that it was made of. Default: true. */
  readonly views?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Brings the tables of a backup back and checks them: each part's own checksums, and that no row is missing. Rejects
 * with `clickhouse_failed` where something is.
 * @returns rows of each table, or the sum that stands for them
 */
export async function restoreClickHouse(options: RestoreOptions): Promise<Record<string, number>> {
  const { clickhouse, contents, place, base, views = true, signal } = options;
  const [current] = await clickhouse.query<{ name: string }>('SELECT currentDatabase() AS name', {}, jobs);
  const database = options.database ?? current?.name ?? contents.database;
  const stored = new Set(storedTables.map(({ name }) => name));
  for (const part of ['names', 'rows'] as const) {
    const tables = contents.parts[part]
      .filter((name) => views || stored.has(name))
      .map((name) => `TABLE ${qualified(contents.database, name)} AS ${qualified(database, name)}`);
    const settings = base === undefined ? [] : [`base_backup = ${placeSql(base, part)}`];
    const statement = `RESTORE ${tables.join(', ')} FROM ${placeSql(place, part)}`;
    await runOperation(clickhouse, statement, place, settings, signal);
  }
  const tables = Object.keys(contents.totals);
  for (const table of tables) await checkTable(clickhouse, database, table);
  const totals = await storedTotals(clickhouse, database, tables);
  for (const [table, least] of Object.entries(contents.totals)) {
    const found = totals[table] ?? 0;
    if (found >= least) continue;
    throw new AnalyticsError('clickhouse_failed', `Of ${least} rows of ${table}, ${found} came back.`);
  }
  return totals;
}

async function checkTable(clickhouse: ClickHouse, database: string, table: string): Promise<void> {
  const parts = await clickhouse.query<{ part_path: string; is_passed: number; message: string }>(
    `CHECK TABLE ${qualified(database, table)}`,
    {},
    { ...jobs, settings: { check_query_single_value_result: 0 } },
  );
  const broken = parts.find(({ is_passed }) => is_passed !== 1);
  if (broken === undefined) return;
  const detail = `Part ${broken.part_path} of ${table} is broken: ${broken.message}`;
  throw new AnalyticsError('clickhouse_failed', detail);
}

/**
 * Makes tables agree that were copied one after the other while events came: `period_events` is counted again where it
 * differs from the events, and rows that no table names go.
 */
export async function settleRestored(clickhouse: ClickHouse): Promise<void> {
  const wrong = await clickhouse.query<{ period: number }>(
    `SELECT toUnixTimestamp(period) AS period FROM (
       SELECT toStartOfHour(origin) AS period, count() AS total, 0 AS known FROM events GROUP BY period
       UNION ALL SELECT period, 0 AS total, sum(events) AS known FROM period_events GROUP BY period
     ) WHERE ${hasEvents('period')} GROUP BY period HAVING sum(total) != sum(known) ORDER BY period`,
    {},
    jobs,
  );
  if (wrong.length > 0)
    await countAgain(
      clickhouse,
      wrong.map(({ period }) => period),
    );
  for (const { name, versionsIn } of storedTables) {
    if (versionsIn === undefined) continue;
    await clickhouse.command(
      `ALTER TABLE ${name} DELETE WHERE (period, version) NOT IN (SELECT period, version FROM ${versionsIn})
       SETTINGS mutations_sync = 1`,
      {},
      jobs,
    );
  }
}

/** @param periods seconds since 1970, of our own query */
async function countAgain(clickhouse: ClickHouse, periods: readonly number[]): Promise<void> {
  const list = periods.map((period) => `toDateTime(${Number(period)}, 'UTC')`).join(', ');
  await clickhouse.command(
    `ALTER TABLE period_events DELETE WHERE period IN (${list}) SETTINGS mutations_sync = 1`,
    {},
    jobs,
  );
  await clickhouse.command(
    `INSERT INTO period_events SETTINGS ${settingsList(plainInsert)}
     SELECT toStartOfHour(origin) AS period, count(), min(time), max(time) FROM events
     WHERE toStartOfHour(origin) IN (${list}) GROUP BY period`,
    {},
    jobs,
  );
}
