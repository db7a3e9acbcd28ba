import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PostgresDialect } from 'kysely';
import type { Logger } from 'pino';
import { AppError } from '../errors.ts';
import { MarkedPool } from './marked-pool.ts';
import { migrate } from './migrations.ts';
import { PglitePool } from './pglite-pool.ts';
import { createPostgresPool } from './postgres-pool.ts';
import { databaseProblem } from './problems.ts';
import type { Tables } from './tables.ts';
import { valueParsers } from './value-types.ts';

/** As `dataDir`: PGlite keeps everything in memory, and nothing stays. */
export const inMemory = 'memory://';

/** Memory for pages, of which the operating system has a cache as well: PostgreSQL's default would be 128 MB. */
const sharedBuffers = '32MB';

/** Longest wait for a free connection, in milliseconds. */
const acquireTimeoutMs = 15_000;

export interface DatabaseOptions {
  /** `postgres://…` of a server. Default: PGlite, in `<dataDir>/postgres`, which one process alone may hold. */
  readonly url: string | undefined;
  /** The data directory, or `inMemory`. Not used with `url`. */
  readonly dataDir: string;
  readonly logger: Logger;
  /**
   * Default true. With false, and `url`, nothing is connected until the first query: for processes that must start
   * while the database is down.
   */
  readonly migrate?: boolean;
}

export interface Database {
  readonly db: Kysely<Tables>;
  /** Waits for what runs, then closes. May be called more than once. */
  close(): Promise<void>;
}

/**
 * Opens the database and migrates it.
 * @throws AppError `database_unavailable` when it cannot be opened or reached, `database_schema_mismatch` when it
 * does not fit this version.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const pool = new MarkedPool(
    options.url === undefined
      ? await openPglite(options.dataDir)
      : createPostgresPool(options.url, acquireTimeoutMs, options.logger),
  );
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  let closed: Promise<void> | undefined;
  const close = () => {
    // Kysely ends the pool only where it was used.
    closed ??= db.destroy().then(() => pool.end());
    return closed;
  };
  if (options.migrate === false) return { db, close };
  try {
    await migrate(db, options.logger);
  } catch (error) {
    await close();
    throw unreachable(error, options.url);
  }
  return { db, close };
}

async function openPglite(dataDir: string): Promise<PglitePool> {
  const directory = dataDir === inMemory ? inMemory : path.join(dataDir, 'postgres');
  try {
    if (directory !== inMemory) await mkdir(directory, { recursive: true });
    const pglite = await PGlite.create(directory, {
      parsers: { ...valueParsers },
      startParams: [...PGlite.defaultStartParams, '-c', `shared_buffers=${sharedBuffers}`],
    });
    return new PglitePool(pglite, acquireTimeoutMs);
  } catch (error) {
    throw new AppError('database_unavailable', `The embedded database in ${directory} cannot be opened.`, {
      cause: error,
    });
  }
}

function unreachable(error: unknown, url: string | undefined): unknown {
  if (error instanceof AppError) return error;
  const problem = databaseProblem(error);
  if (problem?.code !== 'database_unavailable') return error;
  const where = url === undefined ? 'The embedded database' : `PostgreSQL at ${new URL(url).host}`;
  const reason = error instanceof Error ? error.message || String('code' in error ? error.code : '') : '';
  return new AppError('database_unavailable', `${where} cannot be used: ${reason}`, { cause: error });
}
