import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client';
import { drainPending, Session } from 'chdb';
import { createChdbConnection } from 'chdb/connection';
import { writeEmbeddedConfig } from './embedded-config.ts';
import { AnalyticsError } from './errors.ts';
import { engineFailure } from './failures.ts';
import type { CallOptions, ClickHouse, FileInsert, Lane, ResultFormat } from './handle.ts';
import { insertSettings } from './insert-settings.ts';
import { LaneQueue } from './lane-queue.ts';
import { resultFormats } from './result-format.ts';
import { bindStatements, type Parameters, quoteString, settingsList } from './sql-text.ts';

const lanes: readonly Lane[] = ['reports', 'jobs', 'shipping'];

interface Connection {
  readonly client: ClickHouseClient;
  readonly queue: LaneQueue;
}

/**
 * ClickHouse in this process (chDB), its data in `<dataDir>/clickhouse`. One process may hold a data directory, and
 * a process holds only one. A fault in the engine's native code ends the process.
 */
export class EmbeddedClickHouse implements ClickHouse {
  readonly kind = 'embedded';
  readonly version: string;
  readonly #connections: ReadonlyMap<Lane, Connection>;
  readonly #knownSettings: ReadonlySet<string>;
  readonly #keeper: Session;
  #closed = false;

  private constructor(
    keeper: Session,
    connections: ReadonlyMap<Lane, Connection>,
    version: string,
    known: ReadonlySet<string>,
  ) {
    this.#keeper = keeper;
    this.#connections = connections;
    this.version = version;
    this.#knownSettings = known;
  }

  /**
   * Opens or creates the database. Backups may be written and read under `backupDir`. Rejects with `clickhouse_failed` where another process holds the directory.
   */
  static async open(dataDir: string, backupDir = path.join(dataDir, 'backups')): Promise<EmbeddedClickHouse> {
    const directory = path.resolve(dataDir, 'clickhouse');
    await mkdir(directory, { recursive: true });
    const config = await writeEmbeddedConfig(dataDir, backupDir);
    let keeper: Session | undefined;
    try {
      // The engine starts with the first session of a process; the connections of the lanes join it, and their
      // package offers no way to hand over arguments.
      keeper = new Session(directory, { connectionArgs: [`--config-file=${config}`] });
      const { version, known } = await describeEngine(keeper);
      const connections = new Map(lanes.map((lane) => [lane, connect(directory)]));
      return new EmbeddedClickHouse(keeper, connections, version, known);
    } catch (error) {
      keeper?.close();
      const reason = error instanceof Error ? error.message : String(error);
      const detail = `The embedded ClickHouse cannot be opened at ${directory}: ${reason}`;
      throw new AnalyticsError('clickhouse_failed', detail, { cause: error });
    }
  }

  async query<Row>(sql: string, parameters: Parameters = {}, options: CallOptions = {}): Promise<Row[]> {
    const settings = settingsList({ output_format_json_quote_64bit_integers: 0, ...options.settings });
    const query = `${bindStatements(parameters)} ${sql}\nSETTINGS ${settings}`;
    return this.#run(options.lane, options.signal, async (client) => {
      const result = await client.query({ query, format: 'JSONEachRow' });
      return result.json<Row>();
    });
  }

  async queryFile(
    sql: string,
    parameters: Parameters,
    file: { readonly path: string; readonly format: ResultFormat },
    options: CallOptions = {},
  ): Promise<void> {
    const { name, settings } = resultFormats[file.format];
    const target = `INTO OUTFILE ${quoteString(path.resolve(file.path))} TRUNCATE COMPRESSION 'none'`;
    const query = `${bindStatements(parameters)} ${sql}
${target} FORMAT ${name} SETTINGS ${settingsList({ ...settings, ...options.settings })}`;
    return this.#run(options.lane, options.signal, async (client) => {
      await client.command({ query });
    });
  }

  async command(sql: string, parameters: Parameters = {}, options: CallOptions = {}): Promise<void> {
    const query = `${bindStatements(parameters)} ${sql}`;
    return this.#run(options.lane, options.signal, async (client) => {
      await client.command({ query });
    });
  }

  insertFile(insert: FileInsert, file: string, token: string, signal?: AbortSignal): Promise<void> {
    const settings = settingsList(insertSettings(token, this.#knownSettings));
    const head = `INSERT INTO ${insert.into} SETTINGS ${settings} SELECT ${insert.select}`;
    const structure = quoteString(insert.structure);
    return this.#run('shipping', signal, (client) =>
      withPlainPath(path.resolve(file), async (source) => {
        const from = `file(${quoteString(source)}, JSONEachRow, ${structure}, 'none')`;
        await client.command({ query: `${head} FROM ${from}` });
      }),
    );
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const connection of this.#connections.values()) {
      await connection.queue.idle();
      await connection.client.close();
    }
    this.#keeper.close();
    await drainPending();
  }

  #run<T>(
    lane: Lane = 'reports',
    signal: AbortSignal | undefined,
    call: (client: ClickHouseClient) => Promise<T>,
  ): Promise<T> {
    const connection = this.#connections.get(lane);
    if (this.#closed || connection === undefined) {
      return Promise.reject(new AnalyticsError('clickhouse_unavailable', 'ClickHouse is closed.'));
    }
    return connection.queue.run(async () => {
      try {
        signal?.throwIfAborted();
        return await call(connection.client);
      } catch (error) {
        throw engineFailure(error);
      }
    });
  }
}

type ClientConnection = NonNullable<ClickHouseClientConfigOptions['connection']>;

function connect(directory: string): Connection {
  // The same interface out of two packages: chdb's is of @clickhouse/client-common, and the client has its own copy.
  const connection = createChdbConnection({ path: directory }) as unknown as ClientConnection;
  return { client: createClient({ connection }), queue: new LaneQueue() };
}

async function describeEngine(session: Session): Promise<{ version: string; known: ReadonlySet<string> }> {
  const version = await session.queryAsync('SELECT version()', { format: 'TSV' });
  const names = await session.queryAsync('SELECT name FROM system.settings', { format: 'TSV' });
  return { version: version.text().trim(), known: new Set(names.text().split('\n')) };
}

/**
 * Calls with a path that `file()` takes as it is. It reads `*?{}` as a pattern and has no way to escape them, so a path
 * that has any is reached through a link. (The other way, rows in the statement's own text, reads none of them: with
 * `input()` chDB inserts nothing and reports success.)
 */
async function withPlainPath<T>(file: string, call: (plain: string) => Promise<T>): Promise<T> {
  if (!/[*?{}]/.test(file)) return call(file);
  const directory = await mkdtemp(path.join(tmpdir(), 'signpost-'));
  try {
    const link = path.join(directory, 'lines');
    await symlink(file, link);
    return await call(link);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
