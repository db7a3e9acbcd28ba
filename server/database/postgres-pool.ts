import pg from 'pg';
import type { Logger } from 'pino';
import { valueParsers } from './value-types.ts';

/** Longest time that one statement may run, in milliseconds; the server ends it. */
const statementTimeoutMs = 30_000;

/**
 * A pool of connections to a PostgreSQL server. Nothing is connected until the first query; a broken connection is
 * dropped and the next query makes a new one.
 */
export function createPostgresPool(url: string, acquireTimeoutMs: number, logger: Logger): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'signpost',
    max: 10,
    connectionTimeoutMillis: acquireTimeoutMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: statementTimeoutMs,
    // For a server that no longer answers at all, where its own timeout cannot reach us.
    query_timeout: statementTimeoutMs + 5_000,
    idle_in_transaction_session_timeout: 60_000,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        valueParsers[oid] ?? pg.types.getTypeParser(oid, format ?? 'text'),
    } as pg.CustomTypesConfig,
  });
  const logError = (error: Error) => logger.warn({ err: error }, 'A connection to PostgreSQL broke');
  pool.on('error', logError);
  // A connection in use has no listener of the pool's: without this one its loss would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
