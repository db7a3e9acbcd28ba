import { join } from 'node:path';
import type { Logger } from 'pino';
import { openClickHouse, restoreClickHouse, settleRestored } from '../../analytics/index.ts';
import { openDatabase } from '../database/index.ts';
import { AppError } from '../errors.ts';
import { clearClickHouse, clearDatabase } from './clear-target.ts';
import { checkFiles, type Manifest, postgresFolder, readManifest } from './manifest.ts';
import { placeOf } from './place-of.ts';
import { restoreDatabase } from './postgres-restore.ts';

/** Where a backup is restored to. */
export interface RestoreTarget {
  /** For the databases that are embedded. */
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly clickhouseUrl: string | undefined;
  /** Drops what is in the databases; without, they have to be empty. Default: false. */
  readonly force?: boolean;
}

export interface RestoreSource {
  /** Of the backup. */
  readonly directory: string;
  /** The directory with all backups, for the one that it builds on. */
  readonly backupDir: string;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Rows of each table. */
  readonly postgres: Readonly<Record<string, number>>;
  /** undefined: the backup has none, or they are on a server and the target is not. */
  readonly clickhouse: Readonly<Record<string, number>> | undefined;
}

/**
 * Restores a backup whose files are all what they were.
 * @throws AppError `backup_broken`, `conflict` where a database is not empty, `database_schema_mismatch`; AnalyticsError where ClickHouse cannot restore
 */
export async function restoreBackup(
  source: RestoreSource,
  target: RestoreTarget,
  logger: Logger,
): Promise<Restored> {
  const manifest = await readManifest(source.directory);
  await checkFiles(source.directory, manifest);
  const postgres = await restorePostgres(source, target, manifest, logger);
  const clickhouse = await restoreEvents(source, target, manifest, logger);
  return { manifest, postgres, clickhouse };
}

async function restorePostgres(
  { directory }: RestoreSource,
  { dataDir, databaseUrl, force = false }: RestoreTarget,
  { postgres }: Manifest,
  logger: Logger,
): Promise<Restored['postgres']> {
  const database = await openDatabase({ url: databaseUrl, dataDir, logger, migrate: false });
  try {
    await clearDatabase(database.db, postgres, force);
    return await restoreDatabase(database.db, logger, postgres, join(directory, postgresFolder));
  } finally {
    await database.close();
  }
}

async function restoreEvents(
  { directory, backupDir }: RestoreSource,
  { dataDir, clickhouseUrl, force = false }: RestoreTarget,
  manifest: Manifest,
  logger: Logger,
): Promise<Restored['clickhouse']> {
  const { clickhouse: contents, base } = manifest;
  const place = placeOf(manifest, directory);
  if (contents === null || place === undefined) return undefined;
  if (place.kind === 'disk' && clickhouseUrl === undefined) return undefined;
  if (place.kind === 'directory' && clickhouseUrl !== undefined) {
    const detail =
      'The events of this backup are those of the embedded ClickHouse: unset CLICKHOUSE_URL to restore it.';
    throw new AppError('conflict', detail);
  }
  const clickhouse = await openClickHouse({ url: clickhouseUrl, dataDir, backupDir, logger });
  try {
    await clearClickHouse(clickhouse, contents, force);
    const basePlace = base === null ? undefined : await placeOfBase(join(backupDir, base));
    const totals = await restoreClickHouse({ clickhouse, contents, place, base: basePlace });
    await settleRestored(clickhouse);
    return totals;
  } finally {
    await clickhouse.close();
  }
}

async function placeOfBase(directory: string) {
  const manifest = await readManifest(directory);
  await checkFiles(directory, manifest);
  return placeOf(manifest, directory);
}
