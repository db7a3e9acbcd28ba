import type { ClickHouse } from '../clickhouse/handle.ts';
import { storedTables } from '../stored-tables.ts';
import { runOperation } from './operation.ts';
import { type BackupPart, type BackupPlace, placeSql } from './places.ts';

const jobs = { lane: 'jobs' } as const;

/** What is in a backup of ClickHouse. */
export interface ClickHouseContents {
  readonly version: string;
  readonly database: string;
  /** Names of tables and views of each part. */
  readonly parts: Readonly<Record<BackupPart, readonly string[]>>;
  /** Rows of each table, or the sum that stands for them: at least so many. */
  readonly totals: Readonly<Record<string, number>>;
}

/**
 * Writes all tables to a place that is empty. Events may come meanwhile: what names rows of other tables is copied
 * before them, so that it names none that are missing. Nothing may be dropped meanwhile.
 * @param base an earlier backup, of which unchanged files are not written again; it has to be there for a restore
 */
export async function backUpClickHouse(
  clickhouse: ClickHouse,
  place: BackupPlace,
  base: BackupPlace | undefined,
  signal?: AbortSignal,
): Promise<ClickHouseContents> {
  const [{ database = '' } = {}] = await clickhouse.query<{ database: string }>(
    'SELECT currentDatabase() AS database',
    {},
    jobs,
  );
  const parts = await partsOf(clickhouse);
  const totals = await storedTotals(clickhouse, database, Object.values(parts).flat());
  for (const part of ['names', 'rows'] as const) {
    const tables = parts[part].map((name) => `TABLE ${qualified(database, name)}`).join(', ');
    const settings = base === undefined ? [] : [`base_backup = ${placeSql(base, part)}`];
    await runOperation(clickhouse, `BACKUP ${tables} TO ${placeSql(place, part)}`, place, settings, signal);
  }
  return { version: clickhouse.version, database, parts, totals };
}

async function partsOf(clickhouse: ClickHouse): Promise<ClickHouseContents['parts']> {
  const found = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables
     WHERE database = currentDatabase() AND (name IN {stored:Array(String)} OR engine LIKE '%View') ORDER BY name`,
    { stored: storedTables.map(({ name }) => name) },
    jobs,
  );
  const all = found.map(({ name }) => name);
  const naming = new Set(storedTables.filter(({ names }) => names).map(({ name }) => name));
  return { names: all.filter((name) => naming.has(name)), rows: all.filter((name) => !naming.has(name)) };
}

/** What there is of each stored table of a database, by its name. */
export async function storedTotals(
  clickhouse: ClickHouse,
  database: string,
  tables: readonly string[],
): Promise<Record<string, number>> {
  const known = storedTables.filter(({ name }) => tables.includes(name));
  if (known.length === 0) return {};
  const selects = known.map(
    ({ name, total = 'count()' }) =>
      `SELECT '${name}' AS name, ${total} AS total FROM ${qualified(database, name)}`,
  );
  const rows = await clickhouse.query<{ name: string; total: number }>(
    `SELECT name, total FROM (${selects.join(' UNION ALL ')})`,
    {},
    jobs,
  );
  return Object.fromEntries(rows.map(({ name, total }) => [name, total]));
}

/** Bytes on disk of all tables: about what a full backup takes. */
export async function storedBytes(clickhouse: ClickHouse): Promise<number> {
  const [found] = await clickhouse.query<{ bytes: number }>(
    'SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = currentDatabase()',
    {},
    jobs,
  );
  return found?.bytes ?? 0;
}

/** A table's name as SQL. */
export function qualified(database: string, name: string): string {
  const quoted = (text: string) => `\`${text.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
  return `${quoted(database)}.${quoted(name)}`;
}
