import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Tables } from '../database/index.ts';

/**
 * What no backup has. Day keys: a destroyed key stays destroyed. The others say who does what just now, which is not true
 * any more when a backup is restored.
 */
export const notInBackups: ReadonlySet<string> = new Set([
  'day_keys',
  'job_states',
  'pacing_controller',
  'pacing_workers',
  'pacing_shipped',
  'sent_values',
]);
/** Told by the manifest. */
export const migrationsTable = 'schema_migrations';

const rowsAtOnce = 500;
/** A row of a table with bytes in it may have megabytes. */
const largeRowsAtOnce = 8;

export interface PostgresContents {
  /** Migrations that made the tables, in order. */
  readonly migrations: readonly { readonly name: string; readonly checksum: string }[];
  /** Rows of each table. */
  readonly tables: Readonly<Record<string, number>>;
}

/**
 * Writes every table to `<directory>/<table>.jsonl`, one row on a line as PostgreSQL's own JSON. All tables are of one
 * moment. The same from PGlite and from a server, so that either can be restored to either.
 */
export async function dumpDatabase(db: Kysely<Tables>, directory: string): Promise<PostgresContents> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (transaction) => {
      const tables: Record<string, number> = {};
      for (const { name, large } of await tablesOf(transaction)) {
        const file = join(directory, `${name}.jsonl`);
        tables[name] = await dumpTable(transaction, name, file, large ? largeRowsAtOnce : rowsAtOnce);
      }
      const migrations = await sql<{ name: string; checksum: string }>`
        SELECT name, checksum FROM schema_migrations ORDER BY number`.execute(transaction);
      return { migrations: migrations.rows, tables };
    });
}

async function tablesOf(transaction: Transaction<Tables>): Promise<{ name: string; large: boolean }[]> {
  const found = await sql<{ name: string; large: boolean }>`
    SELECT tables.table_name AS name, EXISTS (
      SELECT FROM information_schema.columns AS columns
      WHERE columns.table_schema = tables.table_schema AND columns.table_name = tables.table_name
        AND columns.data_type = 'bytea'
    ) AS large
    FROM information_schema.tables AS tables
    WHERE tables.table_schema = current_schema() AND tables.table_type = 'BASE TABLE'
    ORDER BY tables.table_name`.execute(transaction);
  return found.rows.filter(({ name }) => !notInBackups.has(name) && name !== migrationsTable);
}

async function dumpTable(
  transaction: Transaction<Tables>,
  table: string,
  file: string,
  atOnce: number,
): Promise<number> {
  const output = createWriteStream(file, { mode: 0o600 });
  const ended = finished(output);
  ended.catch(() => undefined);
  try {
    await sql`DECLARE dumped NO SCROLL CURSOR FOR SELECT to_jsonb(each)::text AS line FROM ${sql.table(table)} AS each`.execute(
      transaction,
    );
    let rows = 0;
    for (;;) {
      const fetched = await sql<{ line: string }>`FETCH ${sql.lit(atOnce)} FROM dumped`.execute(transaction);
      if (fetched.rows.length === 0) break;
      rows += fetched.rows.length;
      const text = fetched.rows.map(({ line }) => `${line}\n`).join('');
      if (!output.write(text)) await Promise.race([once(output, 'drain'), ended]);
    }
    await sql`CLOSE dumped`.execute(transaction);
    output.end();
    await ended;
    return rows;
  } finally {
    output.destroy();
  }
}
