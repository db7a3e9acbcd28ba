import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clearDatabase } from '../../../server/backup/clear-target.ts';
import { dumpDatabase, type PostgresContents } from '../../../server/backup/postgres-dump.ts';
import { restoreDatabase } from '../../../server/backup/postgres-restore.ts';
import { type Database, inMemory, openDatabase } from '../../../server/database/index.ts';
import { seedDemoInventory } from '../../../server/demo/inventory/index.ts';
import { syncDayKeys, syncSigningKeys } from '../../../server/secrets/index.ts';
import { noPostgres, type PostgresServer, startPostgres } from '../../support/postgres.ts';

const logger = pino({ level: 'silent' });
const nowMs = Date.UTC(2026, 10, 23, 12);
let source: Database;
let directory: string;
let contents: PostgresContents;
let server: PostgresServer | undefined;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'signpost-dump-'));
  source = await openDatabase({ url: undefined, dataDir: inMemory, logger });
  await seedDemoInventory(source.db);
  await syncDayKeys(source.db, directory, nowMs);
  await syncSigningKeys(source.db, directory, nowMs);
  await sql`INSERT INTO job_runs (job, started_at, ended_at, outcome, counts, error)
    SELECT 'ship', now(), now(), 'succeeded', '{"rows": 12345678901234}', E'a "quote", \\\\ and\\nü漢' FROM generate_series(1, 1234)`.execute(
    source.db,
  );
  contents = await dumpDatabase(source.db, join(directory, 'dump'));
  if (!noPostgres()) server = await startPostgres();
});
afterAll(async () => {
  await source.close();
  await server?.dispose();
  rmSync(directory, { recursive: true, force: true });
});

/** Every row of every table, as text. */
async function everything(database: Database): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const table of Object.keys(contents.tables).filter((name) => name !== 'inventory_version')) {
    const rows = await sql<{
      line: string;
    }>`SELECT each::text AS line FROM ${sql.table(table)} AS each ORDER BY 1`.execute(database.db);
    found[table] = rows.rows.map(({ line }) => line);
  }
  return found;
}

describe('a dump of PostgreSQL', () => {
  it('has every table but those that no backup may have, and no day key in any form', async () => {
    const tables = await sql<{ name: string }>`SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = 'public' ORDER BY 1`.execute(source.db);
    const left = [
      'day_keys',
      'job_states',
      'member_lookups',
      'pacing_controller',
      'pacing_shipped',
      'pacing_workers',
      'schema_migrations',
      'sent_values',
    ];
    expect(Object.keys(contents.tables)).toEqual(
      tables.rows.map(({ name }) => name).filter((name) => !left.includes(name)),
    );
    expect(contents.tables).toMatchObject({ job_runs: 1234, secrets: 2, installation: 1 });
    const keys = await source.db.selectFrom('day_keys').select('key').execute();
    expect(keys).toHaveLength(2);
    for (const file of readdirSync(join(directory, 'dump'))) {
      const text = readFileSync(join(directory, 'dump', file), 'latin1');
      for (const { key } of keys) {
        for (const encoding of ['hex', 'base64', 'latin1'] as const) {
          expect(text.includes(Buffer.from(key).toString(encoding))).toBe(false);
        }
      }
    }
  });

  it.each([
    ['PGlite', false],
    ['a PostgreSQL server', true],
  ])('is restored to %s: every row, then identities go on', async (_, onServer) => {
    if (onServer && server === undefined) return;
    const target = await openDatabase({
      url: server && onServer ? server.url : undefined,
      dataDir: inMemory,
      logger,
      migrate: false,
    });
    try {
      await clearDatabase(target.db, contents, false);
      expect(await restoreDatabase(target.db, logger, contents, join(directory, 'dump'))).toEqual(
        contents.tables,
      );
      expect(await everything(target)).toEqual(await everything(source));
      const version = (database: Database) =>
        database.db.selectFrom('inventory_version').select('version').executeTakeFirstOrThrow();
      expect((await version(target)).version).toBeGreaterThan((await version(source)).version);
      const made = await target.db
        .insertInto('advertisers')
        .values({ name: 'New' })
        .returning('id')
        .executeTakeFirstOrThrow();
      const highest = await source.db
        .selectFrom('advertisers')
        .select((s) => s.fn.max('id').as('id'))
        .executeTakeFirstOrThrow();
      expect(made.id).toBe(Number(highest.id) + 1);
      // A second time it is not empty, and is replaced only by force.
      await expect(clearDatabase(target.db, contents, false)).rejects.toMatchObject({ code: 'conflict' });
      await clearDatabase(target.db, contents, true);
      await restoreDatabase(target.db, logger, contents, join(directory, 'dump'));
      expect(await everything(target)).toEqual(await everything(source));
    } finally {
      await target.close();
    }
  });

  it('is refused, and nothing changed, where rows are missing or it is of a newer version', async () => {
    const target = await openDatabase({ url: undefined, dataDir: inMemory, logger, migrate: false });
    try {
      const newer = {
        ...contents,
        migrations: [...contents.migrations, { name: '9999_later.sql', checksum: 'x' }],
      };
      await expect(restoreDatabase(target.db, logger, newer, join(directory, 'dump'))).rejects.toMatchObject({
        code: 'database_schema_mismatch',
      });
      const file = join(directory, 'dump', 'zones.jsonl');
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.slice(text.indexOf('\n') + 1));
      await expect(
        restoreDatabase(target.db, logger, contents, join(directory, 'dump')),
      ).rejects.toMatchObject({
        code: 'backup_broken',
      });
      writeFileSync(file, text);
      expect(await target.db.selectFrom('advertisers').select('id').execute()).toEqual([]);
    } finally {
      await target.close();
    }
  });

  it('is not cleared away under a back office that is at work', async () => {
    const target = await openDatabase({ url: undefined, dataDir: inMemory, logger });
    await sql`INSERT INTO pacing_controller (owner, held_until) VALUES ('x', now() + interval '1 minute')`.execute(
      target.db,
    );
    await expect(clearDatabase(target.db, contents, true)).rejects.toMatchObject({ code: 'conflict' });
    expect(await target.db.selectFrom('installation').selectAll().execute()).toHaveLength(1);
    await target.close();
  });
});
