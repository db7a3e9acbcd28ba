import {
  type BackupPlace,
  type ClickHouse,
  type ClickHouseContents,
  restoreClickHouse,
} from '../../analytics/index.ts';

const jobs = { lane: 'jobs' } as const;

/** Restores a backup on the ClickHouse server into a database made for that, which goes again. */
export async function tryOnServer(
  clickhouse: ClickHouse,
  contents: ClickHouseContents,
  place: BackupPlace,
  base: BackupPlace | undefined,
  signal: AbortSignal,
): Promise<void> {
  const database = `${contents.database}_backup_trial`;
  const identifier = { database };
  await clickhouse.command('DROP DATABASE IF EXISTS {database:Identifier} SYNC', identifier, jobs);
  await clickhouse.command('CREATE DATABASE {database:Identifier}', identifier, jobs);
  try {
    await restoreClickHouse({ clickhouse, contents, place, base, database, views: false, signal });
  } finally {
    await clickhouse.command('DROP DATABASE IF EXISTS {database:Identifier} SYNC', identifier, jobs);
  }
}
