import type { PGlite, Results } from '@electric-sql/pglite';
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';

/** A free connection was not to be had in time. */
export class PoolTimeoutError extends Error {
  override readonly name = 'PoolTimeoutError';
}

/**
 * PGlite has one session. This hands it to one holder after the other, first come, first served; a transaction holds
 * it from begin to commit. Code inside a transaction must use the transaction and never the database itself, or it
 * waits for itself: `acquireTimeoutMs` turns that mistake into an error.
 */
export class PglitePool implements PostgresPool {
  readonly #pglite: PGlite;
  readonly #acquireTimeoutMs: number;
  readonly #waiting: (() => void)[] = [];
  readonly #client: PostgresPoolClient;
  #held = false;
  #ended: Promise<void> | undefined;

  constructor(pglite: PGlite, acquireTimeoutMs: number) {
    this.#pglite = pglite;
    this.#acquireTimeoutMs = acquireTimeoutMs;
    this.#client = new PgliteClient(pglite, () => this.#release());
  }

  /** @throws PoolTimeoutError when others held the session for all of `acquireTimeoutMs`, or the pool has ended. */
  async connect(): Promise<PostgresPoolClient> {
    if (this.#ended !== undefined) throw new PoolTimeoutError('The database is closed.');
    await this.#acquire();
    return this.#client;
  }

  /** Waits for the holder and everyone in the queue, then closes PGlite. May be called more than once. */
  end(): Promise<void> {
    this.#ended ??= this.#acquire().then(() => this.#pglite.close());
    return this.#ended;
  }

  #acquire(): Promise<void> {
    if (!this.#held) {
      this.#held = true;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const turn = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(new PoolTimeoutError(`The database was busy for ${this.#acquireTimeoutMs} ms.`));
      }, this.#acquireTimeoutMs);
      this.#waiting.push(turn);
    });
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#held = false;
    else next();
  }
}

class PgliteClient implements PostgresPoolClient {
  readonly #pglite: PGlite;
  readonly #release: () => void;

  constructor(pglite: PGlite, release: () => void) {
    this.#pglite = pglite;
    this.#release = release;
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    sql: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof sql !== 'string') throw new Error('Cursors are not supported on PGlite.');
    return this.#run<R>(sql, parameters);
  }

  release(): void {
    this.#release();
  }

  /** Without parameters the simple protocol is used, which takes several statements at once, as node-postgres does. */
  async #run<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    const result: Results | undefined =
      parameters.length === 0
        ? (await this.#pglite.exec(sql)).at(-1)
        : await this.#pglite.query(sql, [...parameters]);
    return {
      command: commandOf(sql),
      rowCount: result?.affectedRows ?? 0,
      rows: (result?.rows ?? []) as R[],
    };
  }
}

/** Kysely reads the number of affected rows only where the command is one that affects rows. */
function commandOf(sql: string): PostgresQueryResult<unknown>['command'] {
  const word = /^\s*(insert|update|delete|merge|with)\b/i.exec(sql)?.[1]?.toUpperCase();
  if (word === 'INSERT' || word === 'UPDATE' || word === 'DELETE' || word === 'MERGE') return word;
  return 'SELECT';
}
