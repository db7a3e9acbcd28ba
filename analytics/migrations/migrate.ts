import type { Logger } from 'pino';
import { AnalyticsError } from '../clickhouse/errors.ts';
import type { ClickHouse } from '../clickhouse/handle.ts';
import { type Migration, readMigrations } from './files.ts';
import { splitStatements } from './statements.ts';

interface Applied {
  readonly version: number;
  readonly hash: string;
}

/**
 * Brings the tables up to date and returns the names of the migrations applied now. Statements are written to be
 * repeatable (`IF NOT EXISTS`), so that one cut off in its middle is completed by the next start. Rejects with
 * `migration_changed` where a file is not what was applied under its number.
 */
export async function migrateClickHouse(
  clickhouse: ClickHouse,
  logger: Logger,
  migrations?: readonly Migration[],
): Promise<string[]> {
  const lane = { lane: 'jobs' } as const;
  await clickhouse.command(
    `CREATE TABLE IF NOT EXISTS schema_migrations
     (version UInt32, name String, hash String, applied_at DateTime('UTC'))
     ENGINE = MergeTree ORDER BY version`,
    {},
    lane,
  );
  const rows = await clickhouse.query<Applied>('SELECT version, hash FROM schema_migrations', {}, lane);
  const hashes = new Map(rows.map((row) => [row.version, row.hash]));
  const names: string[] = [];
  for (const migration of migrations ?? (await readMigrations())) {
    const hash = hashes.get(migration.version);
    if (hash === migration.hash) continue;
    if (hash !== undefined) throw changed(migration);
    for (const statement of splitStatements(migration.sql)) await clickhouse.command(statement, {}, lane);
    await record(clickhouse, migration);
    logger.info({ migration: migration.name }, 'ClickHouse migration applied');
    names.push(migration.name);
  }
  return names;
}

async function record(clickhouse: ClickHouse, { version, name, hash }: Migration): Promise<void> {
  await clickhouse.command(
    `INSERT INTO schema_migrations (version, name, hash, applied_at) SETTINGS async_insert = 0
     SELECT {version:UInt32}, {name:String}, {hash:String}, now('UTC')`,
    { version, name, hash },
    { lane: 'jobs' },
  );
}

function changed(migration: Migration): AnalyticsError {
  return new AnalyticsError(
    'migration_changed',
    `The migration ${migration.name}.sql is not the one that was applied under number ${migration.version}. ` +
      'An applied file is never edited: restore it, and put the change into a new one.',
  );
}
