import type { Parameters, Settings } from './sql-text.ts';

/**
 * Who asks. On embedded ClickHouse each lane is a connection of its own, because one connection runs one query at a
 * time: a long report delays other reports, and never shipping. Three, and not more: each running query holds one of
 * libuv's four threads.
 */
export type Lane = 'reports' | 'jobs' | 'shipping';

export interface CallOptions {
  /** Default: `reports`. */
  readonly lane?: Lane;
  /**
   * Settings for this statement alone; they become its `SETTINGS` clause. For `query` and `queryFile` only: other statements write
   * the clause themselves, where their grammar wants it.
   */
  readonly settings?: Settings;
  /** Ends waiting. Embedded ClickHouse cannot be interrupted: there it only keeps a call from starting. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * - `rows`: lines `{"row":[…]}`, and among them others: `{"rows_before_limit_at_least":n}` has the exact number of rows
 *   that there would be without the outermost LIMIT
 * - `parquet`: Apache Parquet
 */
export type ResultFormat = 'rows' | 'parquet';

/** Where the rows of a file of JSON lines go. All parts are SQL of our own code. */
export interface FileInsert {
  /** Table with its column list, like `events (type, id)`. */
  readonly into: string;
  /** Select list over the fields of a line, by position. */
  readonly select: string;
  /** The fields of a line and their types, like `type String, id String`. */
  readonly structure: string;
}

/**
 * One ClickHouse: embedded (chDB) or over HTTP, same behaviour. Every method rejects with an `AnalyticsError`:
 * `clickhouse_unavailable` where trying again may help, else `clickhouse_failed`. Settings never outlive the
 * statement that has them.
 */
export interface ClickHouse {
  readonly kind: 'embedded' | 'http';
  /** The engine's version, like `26.7.2.1`. */
  readonly version: string;
  /** Rows of a SELECT without FORMAT and SETTINGS clause; 64-bit integers come as numbers. The result is buffered. */
  query<Row>(sql: string, parameters?: Parameters, options?: CallOptions): Promise<Row[]>;
  /**
   * Writes what a SELECT (without FORMAT and SETTINGS clause) yields to a file, which is made or replaced. Neither this
   * process nor the client library holds more than a part of it. Where the call fails, what the file has is undefined.
   */
  queryFile(
    sql: string,
    parameters: Parameters,
    file: { readonly path: string; readonly format: ResultFormat },
    options?: CallOptions,
  ): Promise<void>;
  /** Runs a statement that has no result, and waits for its end. */
  command(sql: string, parameters?: Parameters, options?: CallOptions): Promise<void>;
  /**
   * Inserts a file of JSON lines as one block under a deduplication token, into the table and through its
   * materialized views, and waits for the end. A repeated call with the same bytes and token changes nothing in any
   * of them, also where an earlier one was applied in part. On embedded ClickHouse no row passes JavaScript.
   */
  insertFile(insert: FileInsert, path: string, token: string, signal?: AbortSignal): Promise<void>;
  /** Waits for running calls, then closes. Later calls reject. */
  close(): Promise<void>;
}
