import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { AnalyticsError } from './errors.ts';
import { engineFailure } from './failures.ts';
import type { CallOptions, ClickHouse, FileInsert, ResultFormat } from './handle.ts';
import { insertSettings } from './insert-settings.ts';
import { resultFormats } from './result-format.ts';
import { type Parameters, quoteString, settingsList } from './sql-text.ts';
import { checkVersion } from './version.ts';

export interface HttpOptions {
  /** Like `https://user:password@host:8443/database`; the default database is `default`. */
  readonly url: string;
  /** A request ends with `clickhouse_unavailable` after so long without a byte in either direction. */
  readonly requestTimeoutMs: number;
}

/** A ClickHouse server or cluster over HTTP. */
export class HttpClickHouse implements ClickHouse {
  readonly kind = 'http';
  readonly version: string;
  readonly #client: ClickHouseClient;
  readonly #knownSettings: ReadonlySet<string>;
  #closed = false;

  private constructor(client: ClickHouseClient, version: string, known: ReadonlySet<string>) {
    this.#client = client;
    this.version = version;
    this.#knownSettings = known;
  }

  /**
   * Connects, checks the version, and creates the URL's database where it is missing.
   * Rejects with `clickhouse_too_old` or `clickhouse_unavailable`.
   */
  static async open(options: HttpOptions): Promise<HttpClickHouse> {
    const { address, database } = splitUrl(options.url);
    // Before the version is known nothing but this may be asked: 18.16 has no query parameters, and every request
    // fails that names a database which is not there yet.
    const first = makeClient(address, 'default', options.requestTimeoutMs);
    try {
      const version = await readVersion(first);
      checkVersion(version);
      await createDatabase(first, database);
      const names = await first.query({ query: 'SELECT name FROM system.settings', format: 'JSONEachRow' });
      const known = new Set((await names.json<{ name: string }>()).map((row) => row.name));
      return new HttpClickHouse(makeClient(address, database, options.requestTimeoutMs), version, known);
    } catch (error) {
      throw engineFailure(error);
    } finally {
      await first.close();
    }
  }

  query<Row>(sql: string, parameters: Parameters = {}, options: CallOptions = {}): Promise<Row[]> {
    const settings = settingsList({ output_format_json_quote_64bit_integers: 0, ...options.settings });
    return this.#run(async () => {
      const result = await this.#client.query({
        query: `${sql}\nSETTINGS ${settings}`,
        format: 'JSONEachRow',
        query_params: { ...parameters },
        use_multipart_params_auto: true,
        ...abortable(options.signal),
      });
      return result.json<Row>();
    });
  }

  queryFile(
    sql: string,
    parameters: Parameters,
    file: { readonly path: string; readonly format: ResultFormat },
    options: CallOptions = {},
  ): Promise<void> {
    const { name, settings } = resultFormats[file.format];
    return this.#run(async () => {
      const { stream } = await this.#client.exec({
        query: `${sql}\nFORMAT ${name} SETTINGS ${settingsList({ ...settings, ...options.settings })}`,
        query_params: { ...parameters },
        use_multipart_params_auto: true,
        ...abortable(options.signal),
      });
      await pipeline(stream, createWriteStream(file.path), { signal: options.signal });
    });
  }

  command(sql: string, parameters: Parameters = {}, options: CallOptions = {}): Promise<void> {
    return this.#run(async () => {
      await this.#client.command({
        query: sql,
        query_params: { ...parameters },
        ...abortable(options.signal),
      });
    });
  }

  insertFile(insert: FileInsert, file: string, token: string, signal?: AbortSignal): Promise<void> {
    const settings = settingsList(insertSettings(token, this.#knownSettings));
    const query =
      `INSERT INTO ${insert.into} SETTINGS ${settings} SELECT ${insert.select} ` +
      `FROM input(${quoteString(insert.structure)}) FORMAT JSONEachRow`;
    return this.#run(async () => {
      const values = createReadStream(file, { highWaterMark: 1024 * 1024 });
      try {
        const { stream } = await this.#client.exec({ query, values, ...abortable(signal) });
        for await (const _chunk of stream) {
          // The answer to an insert is empty; its end is the confirmation.
        }
      } finally {
        values.destroy();
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client.close();
  }

  async #run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new AnalyticsError('clickhouse_unavailable', 'ClickHouse is closed.');
    try {
      return await call();
    } catch (error) {
      throw engineFailure(error);
    }
  }
}

function abortable(signal: AbortSignal | undefined): { abort_signal?: AbortSignal } {
  return signal === undefined ? {} : { abort_signal: signal };
}

function splitUrl(text: string): { address: string; database: string } {
  const url = new URL(text);
  const database =
    decodeURIComponent(url.pathname.replace(/^\//, '')) || url.searchParams.get('database') || 'default';
  url.pathname = '/';
  url.searchParams.delete('database');
  return { address: url.toString(), database };
}

function makeClient(url: string, database: string, requestTimeoutMs: number): ClickHouseClient {
  return createClient({
    url,
    database,
    application: 'signpost',
    request_timeout: requestTimeoutMs,
    // The answer waits for the query's end, so that an error in its course cannot follow a 200. Over HTTP a setting
    // lives as long as its request.
    clickhouse_settings: { wait_end_of_query: 1 },
    // Failures are thrown, and logged by whoever handles them; the client's own log has the parameters in it.
    log: { level: ClickHouseLogLevel.OFF },
  });
}

async function readVersion(client: ClickHouseClient): Promise<string> {
  const result = await client.query({ query: 'SELECT version() AS version', format: 'JSONEachRow' });
  const [row] = await result.json<{ version: string }>();
  return row?.version ?? 'unknown';
}

async function createDatabase(client: ClickHouseClient, database: string): Promise<void> {
  const found = await client.query({
    query: 'SELECT name FROM system.databases WHERE name = {database:String}',
    query_params: { database },
    format: 'JSONEachRow',
  });
  if ((await found.json()).length > 0) return;
  await client.command({
    query: 'CREATE DATABASE IF NOT EXISTS {database:Identifier}',
    query_params: { database },
  });
}
