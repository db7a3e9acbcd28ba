import type { Logger } from 'pino';
import type { ClickHouse } from './handle.ts';
import { HttpClickHouse } from './http.ts';

export interface ClickHouseOptions {
  /** A server's address with the database as its path; undefined: the embedded one. */
  readonly url: string | undefined;
  /** Holds the embedded database, in `clickhouse/`. Not touched where there is a URL. */
  readonly dataDir: string;
  /** Where the embedded database may write and read backups. Default: `backups/` in the data directory. */
  readonly backupDir?: string;
  readonly logger: Logger;
  /** Longest silence on a connection to a server. Default: 120,000 ms; 219 MB of lines took the engine 2 s. */
  readonly requestTimeoutMs?: number;
}

/**
 * Opens ClickHouse and checks its version; the tables come from `migrateClickHouse`.
 * Rejects with an `AnalyticsError`: `clickhouse_too_old`, `clickhouse_unavailable` (try again), `clickhouse_failed`.
 */
export async function openClickHouse(options: ClickHouseOptions): Promise<ClickHouse> {
  const { url, dataDir, backupDir, logger, requestTimeoutMs = 120_000 } = options;
  const clickhouse =
    url === undefined
      ? await openEmbedded(dataDir, backupDir)
      : await HttpClickHouse.open({ url, requestTimeoutMs });
  logger.info({ kind: clickhouse.kind, version: clickhouse.version }, 'ClickHouse is open');
  return clickhouse;
}

/** The engine's native library is loaded here and not before: of all processes the back office alone needs it. */
async function openEmbedded(dataDir: string, backupDir: string | undefined): Promise<ClickHouse> {
  const { EmbeddedClickHouse } = await import('./embedded.ts');
  return EmbeddedClickHouse.open(dataDir, backupDir);
}
