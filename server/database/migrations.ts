import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { AppError } from '../errors.ts';
import { packageRoot } from '../package-root.ts';
import type { Tables } from './tables.ts';

export interface Migration {
  readonly number: number;
  /** File name, like `0001_inventory.sql`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text in hex, with line ends as LF: a checkout may have CRLF. */
  readonly checksum: string;
}

/** Any number will do, as long as nothing else in the database uses it. */
const lockKey = 7_355_001;
const lockWaitMs = 60_000;

/** The migrations' folder. The compiler does not copy SQL into dist, so it is looked up from the package's root. */
export function migrationsDirectory(): string {
  return path.join(packageRoot(), 'server', 'database', 'migrations');
}

/** The migrations of a folder in their order. @throws Error where a number is missing or used twice. */
export function readMigrations(directory: string = migrationsDirectory()): Migration[] {
  const names = readdirSync(directory)
    .filter((name) => /^\d{4}_\w+\.sql$/.test(name))
    .sort();
  return names.map((name, index) => {
    const number = Number(name.slice(0, 4));
    if (number !== index + 1) {
      throw new Error(`Migration ${name} is out of order: number ${index + 1} was expected.`);
    }
    const text = readFileSync(path.join(directory, name), 'utf8').replaceAll('\r\n', '\n');
    return { number, name, sql: text, checksum: createHash('sha256').update(text).digest('hex') };
  });
}

/**
 * Brings the database to the state of the code. Each migration is one transaction that first takes a lock, so that
 * processes that start at once take turns, and the second finds the work done.
 * @throws AppError `database_schema_mismatch` when an applied migration was changed afterwards or the database is
 * newer than the code; `database_unavailable` when another process holds the lock for a minute.
 */
export async function migrate(
  db: Kysely<Tables>,
  logger: Logger,
  migrations: readonly Migration[] = readMigrations(),
): Promise<void> {
  const deadlineMs = Date.now() + lockWaitMs;
  for (;;) {
    const outcome = await db.transaction().execute((transaction) => migrateOnce(transaction, migrations));
    if (outcome === 'done') return;
    if (outcome !== 'locked') {
      logger.info({ migration: outcome.name }, 'Database migrated');
      continue;
    }
    if (Date.now() > deadlineMs) {
      throw new AppError(
        'database_unavailable',
        'Another process has been migrating the database for a minute.',
      );
    }
    // Polled rather than waited for in the server: a waiting statement would run into its timeout.
    await delay(50);
  }
}

/** Applies the first migration that is missing. */
async function migrateOnce(
  transaction: Transaction<Tables>,
  migrations: readonly Migration[],
): Promise<'done' | 'locked' | Migration> {
  const lock = await sql<{
    taken: boolean;
  }>`SELECT pg_try_advisory_xact_lock(${sql.lit(lockKey)}) AS taken`.execute(transaction);
  if (lock.rows[0]?.taken !== true) return 'locked';
  await sql`CREATE TABLE IF NOT EXISTS schema_migrations (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`.execute(transaction);
  const applied = await sql<{ number: number; name: string; checksum: string }>`
    SELECT number, name, checksum FROM schema_migrations ORDER BY number`.execute(transaction);
  checkApplied(applied.rows, migrations);
  const next = migrations[applied.rows.length];
  if (next === undefined) return 'done';
  await sql.raw(next.sql).execute(transaction);
  await sql`INSERT INTO schema_migrations (number, name, checksum)
    VALUES (${next.number}, ${next.name}, ${next.checksum})`.execute(transaction);
  return next;
}

function checkApplied(
  applied: readonly { number: number; name: string; checksum: string }[],
  migrations: readonly Migration[],
): void {
  applied.forEach((row, index) => {
    const ours = migrations[index];
    if (ours === undefined) {
      throw new AppError(
        'database_schema_mismatch',
        `The database is newer than this version of Signpost: it has migration ${row.name}, which is not known here. Start the newer version, or restore a backup from before it.`,
      );
    }
    if (ours.number !== row.number || ours.checksum !== row.checksum) {
      throw new AppError(
        'database_schema_mismatch',
        `Migration ${ours.name} is not the one that was applied to this database (${row.name}): the file was changed afterwards. Restore the file as it was released.`,
      );
    }
  });
}
