import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';

const marked = new WeakSet<Error>();

/** Whether an error came out of a database driver, and not out of anything else that has error codes too. */
export function cameFromDatabase(error: unknown): error is Error {
  return error instanceof Error && marked.has(error);
}

async function mark<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Error) marked.add(error);
    throw error;
  }
}

/** A pool whose errors `cameFromDatabase` knows. */
export class MarkedPool implements PostgresPool {
  readonly #pool: PostgresPool;
  /** Kysely keeps things by client: the same client must be the same object each time. */
  readonly #clients = new WeakMap<PostgresPoolClient, PostgresPoolClient>();
  #ended: Promise<void> | undefined;

  constructor(pool: PostgresPool) {
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
  readonly #client: PostgresPoolClient;

  constructor(client: PostgresPoolClient) {
    this.#client = client;
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    sql: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof sql !== 'string') throw new Error('Cursors are not set up.');
    return mark(this.#client.query<R>(sql, parameters));
  }

  release(): void {
    this.#client.release();
  }
}
