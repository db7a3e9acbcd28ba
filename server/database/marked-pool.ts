import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import { changeContext, contextText } from './change-context.ts';

const marked = new WeakSet<Error>();

/** Whether an error came out of a database driver, and not out of anything else that has error codes too. */
export function cameFromDatabase(error: unknown): error is Error {
  return error instanceof Error && marked.has(error);
}

/** SQLSTATE of an error that the server itself sent; empty for trouble on the way to it. */
export function sqlState(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Node's own codes begin with an E, which no SQLSTATE does.
  return /^(?!E)[0-9A-Z]{5}$/.test(code) ? code : '';
}

/** The server is about to hang up, or the connection is gone already. */
function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  const state = sqlState(error);
  return state === '' || state.startsWith('08') || state.startsWith('57P');
}

interface DriverClient extends PostgresPoolClient {
  /** With true the connection is closed rather than kept for the next one. */
  release(destroy?: boolean): void;
}

/** What is common to node-postgres' pool and ours. */
export interface DriverPool {
  connect(): Promise<DriverClient>;
  end(): Promise<void>;
}

async function mark<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Error) marked.add(error);
    throw error;
  }
}

const begins = /^\s*(begin|start\s+transaction)\b/i;
const ends = /^\s*(commit|rollback)\s*;?\s*$/i;
const mayChange = /^\s*(insert|update|delete|merge|with)\b/i;

/**
 * A pool whose errors `cameFromDatabase` knows, and that gives no connection to the next one which the last one saw
 * breaking: the server announces its end before the socket closes, and the pool itself only notices the socket. It tells
 * each transaction on whose behalf it is; a statement that may change something gets a transaction for that.
 */
export class MarkedPool implements PostgresPool {
  readonly #pool: DriverPool;
  /** Kysely keeps things by client: the same client must be the same object each time. */
  readonly #clients = new WeakMap<PostgresPoolClient, PostgresPoolClient>();
  #ended: Promise<void> | undefined;

  constructor(pool: DriverPool) {
    this.#pool = pool;
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await mark(this.#pool.connect());
    let wrapped = this.#clients.get(client);
    if (wrapped === undefined) {
      wrapped = new MarkedClient(client);
      this.#clients.set(client, wrapped);
    }
    return wrapped;
  }

  /** May be called more than once. */
  end(): Promise<void> {
    this.#ended ??= this.#pool.end();
    return this.#ended;
  }
}

class MarkedClient implements PostgresPoolClient {
  readonly #client: DriverClient;
  #lost = false;
  #inTransaction = false;

  constructor(client: DriverClient) {
    this.#client = client;
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    sql: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof sql !== 'string') throw new Error('Cursors are not set up.');
    return this.#run<R>(sql, parameters);
  }

  release(): void {
    const lost = this.#lost;
    this.#lost = false;
    this.#inTransaction = false;
    this.#client.release(lost);
  }

  async #run<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (begins.test(sql)) return this.#begin<R>(sql);
    if (ends.test(sql)) this.#inTransaction = false;
    const alone = !this.#inTransaction && changeContext() !== undefined && mayChange.test(sql);
    return alone ? this.#alone<R>(sql, parameters) : this.#send<R>(sql, parameters);
  }

  async #begin<R>(sql: string): Promise<PostgresQueryResult<R>> {
    const begun = await this.#send<R>(sql, []);
    this.#inTransaction = true;
    const context = changeContext();
    if (context !== undefined) {
      await this.#send("SELECT set_config('signpost.change', $1, true)", [contextText(context)]);
    }
    return begun;
  }

  async #alone<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    try {
      await this.#begin('BEGIN');
      const result = await this.#send<R>(sql, parameters);
      await this.#send('COMMIT', []);
      return result;
    } catch (error) {
      await this.#send('ROLLBACK', []).catch(() => undefined);
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  async #send<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    try {
      return await mark(this.#client.query<R>(sql, parameters));
    } catch (error) {
      if (isLost(error)) this.#lost = true;
      throw error;
    }
  }
}
