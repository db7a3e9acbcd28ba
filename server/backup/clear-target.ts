import { type Kysely, sql } from 'kysely';
import type { ClickHouse, ClickHouseContents } from '../../analytics/index.ts';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import { migrationsTable, notInBackups, type PostgresContents } from './postgres-dump.ts';

/**
 * Makes sure that none of the tables that are to come is in the database.
 * @param force drops those that are there
 * @throws AppError `conflict` where there are some, or a back office is at work on them
 */
export async function clearDatabase(
  db: Kysely<Tables>,
  { tables }: PostgresContents,
  force: boolean,
): Promise<void> {
  const ours = [...Object.keys(tables), ...notInBackups, migrationsTable];
  const found = await sql<{ name: string }>`
    SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_name = ANY(${ours})`.execute(db);
  if (found.rows.length === 0) return;
  if (!force) throw notEmpty('The PostgreSQL database');
  await refuseInUse(db, new Set(found.rows.map(({ name }) => name)));
  const functions = await sql<{ name: string }>`
    SELECT DISTINCT pg_proc.proname AS name FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
    JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace AND relname = ANY(${ours})`.execute(
    db,
  );
  await db.transaction().execute(async (transaction) => {
    for (const { name } of found.rows) await sql`DROP TABLE ${sql.table(name)} CASCADE`.execute(transaction);
    for (const { name } of functions.rows) await sql`DROP FUNCTION ${sql.id(name)}()`.execute(transaction);
  });
}

/** The pacing controller gives a sign of life every few seconds, wherever it is. */
async function refuseInUse(db: Kysely<Tables>, tables: ReadonlySet<string>): Promise<void> {
  if (!tables.has('pacing_controller')) return;
  const held = await sql`SELECT FROM pacing_controller WHERE held_until > now()`.execute(db);
  if (held.rows.length === 0) return;
  throw new AppError('conflict', 'A back office is at work on the PostgreSQL database: stop it first.');
}

/** As `clearDatabase`, for ClickHouse. */
export async function clearClickHouse(
  clickhouse: ClickHouse,
  { parts }: ClickHouseContents,
  force: boolean,
): Promise<void> {
  const found = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND name IN {names:Array(String)}
     ORDER BY engine LIKE '%View' DESC, name`,
    { names: Object.values(parts).flat() },
    { lane: 'jobs' },
  );
  if (found.length > 0 && !force) throw notEmpty('The ClickHouse database');
  for (const { name } of found) {
    await clickhouse.command('DROP TABLE {name:Identifier} SYNC', { name }, { lane: 'jobs' });
  }
}

function notEmpty(what: string): AppError {
  return new AppError('conflict', `${what} is not empty. What is there is lost with --force.`);
}
