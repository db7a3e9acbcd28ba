import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { type Migration, migrate, readMigrations, type Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import type { PostgresContents } from './postgres-dump.ts';

/** Characters of JSON in one statement: a row may be longer. */
const longestText = 4_000_000;

/**
 * Fills a database that is empty: makes the tables as they were when the backup was made, brings the rows back, then
 * the tables up to date. All of it or nothing of a table's rows.
 * @returns rows of each table
 * @throws AppError `database_schema_mismatch` where the backup is of a newer version; `backup_broken` where rows are
 * missing
 */
export async function restoreDatabase(
  db: Kysely<Tables>,
  logger: Logger,
  contents: PostgresContents,
  directory: string,
): Promise<Readonly<Record<string, number>>> {
  const migrations = readMigrations();
  await migrate(db, logger, thoseOf(contents, migrations));
  const restored: Record<string, number> = {};
  await db.transaction().execute(async (transaction) => {
    // The audit log comes back with the rest, and has no line about that.
    await sql`SELECT set_config('signpost.restoring', 'on', true)`.execute(transaction);
    const tables = await inOrder(transaction, Object.keys(contents.tables));
    const list = sql.join(tables.map((table) => sql.table(table)));
    await sql`TRUNCATE ${list} RESTART IDENTITY CASCADE`.execute(transaction);
    for (const table of tables) {
      restored[table] = await fillTable(transaction, table, join(directory, `${table}.jsonl`));
      if (restored[table] === contents.tables[table]) continue;
      const detail = `Of ${contents.tables[table]} rows of ${table}, ${restored[table]} came back.`;
      throw new AppError('backup_broken', detail);
    }
    await setSequences(transaction);
    // Higher than any that was before: what was compiled of the lost database must not pass for this one.
    await sql`UPDATE inventory_version
      SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)`.execute(
      transaction,
    );
  });
  await migrate(db, logger, migrations);
  return restored;
}

/** The migrations that a backup was made with, which have to be the first of ours. */
function thoseOf({ migrations }: PostgresContents, ours: readonly Migration[]): readonly Migration[] {
  const differs = migrations.findIndex(({ checksum }, index) => ours[index]?.checksum !== checksum);
  if (differs === -1) return ours.slice(0, migrations.length);
  const detail = `The backup was made with the migration ${migrations[differs]?.name}, which is not known here. Restore it with the version that made it, or a newer one.`;
  throw new AppError('database_schema_mismatch', detail);
}

/** Tables, those that others refer to before them. */
async function inOrder(transaction: Transaction<Tables>, tables: readonly string[]): Promise<string[]> {
  const references = await sql<{ child: string; parent: string }>`
    SELECT children.relname AS child, parents.relname AS parent FROM pg_constraint
    JOIN pg_class AS children ON children.oid = conrelid
    JOIN pg_class AS parents ON parents.oid = confrelid
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace`.execute(transaction);
  const ordered: string[] = [];
  const place = (table: string) => {
    if (ordered.includes(table) || !tables.includes(table)) return;
    for (const { child, parent } of references.rows) if (child === table && parent !== table) place(parent);
    ordered.push(table);
  };
  for (const table of tables) place(table);
  return ordered;
}

async function fillTable(transaction: Transaction<Tables>, table: string, file: string): Promise<number> {
  let rows = 0;
  let lines: string[] = [];
  let length = 0;
  const insert = async () => {
    if (lines.length === 0) return;
    await sql`INSERT INTO ${sql.table(table)} OVERRIDING SYSTEM VALUE
      SELECT * FROM jsonb_populate_recordset(NULL::${sql.table(table)}, ${`[${lines.join(',')}]`}::jsonb)`.execute(
      transaction,
    );
    rows += lines.length;
    lines = [];
    length = 0;
  };
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    lines.push(line);
    length += line.length;
    if (length > longestText) await insert();
  }
  await insert();
  return rows;
}

/** Identities go on behind the highest that is in use. */
async function setSequences(transaction: Transaction<Tables>): Promise<void> {
  const identities = await sql<{ table: string; column: string }>`
    SELECT table_name AS table, column_name AS column FROM information_schema.columns
    WHERE table_schema = current_schema() AND is_identity = 'YES'`.execute(transaction);
  for (const { table, column } of identities.rows) {
    await sql`SELECT setval(pg_get_serial_sequence(${table}, ${column}),
      (SELECT coalesce(max(${sql.ref(column)}), 0) + 1 FROM ${sql.table(table)}), false)`.execute(
      transaction,
    );
  }
}
