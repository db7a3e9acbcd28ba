import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Database,
  databaseProblem,
  migrate,
  openDatabase,
  readMigrations,
} from '../../../server/database/index.ts';

const logger = pino({ level: 'silent' });

describe('the embedded database', () => {
  let directory: string;
  let database: Database;

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'signpost-database-'));
    database = await openDatabase({ url: undefined, dataDir: directory, logger });
  });
  afterAll(async () => {
    await database.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('records every migration with its checksum', async () => {
    const applied = await sql<{ number: number; name: string; checksum: string }>`
      SELECT number, name, checksum FROM schema_migrations ORDER BY number`.execute(database.db);
    expect(applied.rows).toEqual(
      readMigrations().map(({ number, name, checksum }) => ({ number, name, checksum })),
    );
  });

  it('migrates once when it is started twice at the same time', async () => {
    await Promise.all([migrate(database.db, logger), migrate(database.db, logger)]);
    const applied = await sql<{ n: number }>`SELECT count(*) AS n FROM schema_migrations`.execute(
      database.db,
    );
    expect(applied.rows).toEqual([{ n: readMigrations().length }]);
  });

  it('refuses a migration that was changed after it was applied', async () => {
    const changed = readMigrations().map((m) => (m.number === 1 ? { ...m, checksum: 'f'.repeat(64) } : m));
    await expect(migrate(database.db, logger, changed)).rejects.toMatchObject({
      code: 'database_schema_mismatch',
      message: expect.stringContaining('0001_inventory.sql'),
    });
  });

  it('refuses a database that is newer than the code', async () => {
    await expect(migrate(database.db, logger, readMigrations().slice(0, 1))).rejects.toMatchObject({
      code: 'database_schema_mismatch',
      message: expect.stringContaining('newer'),
    });
  });

  it('leaves nothing behind of a migration that fails', async () => {
    const bad = {
      number: 3,
      name: '0003_bad.sql',
      checksum: 'x',
      sql: 'CREATE TABLE half (n int); SELECT 1 / 0;',
    };
    await expect(migrate(database.db, logger, [...readMigrations(), bad])).rejects.toThrow(
      'division by zero',
    );
    const left = await sql<{ t: string | null }>`SELECT to_regclass('half')::text AS t`.execute(database.db);
    expect(left.rows).toEqual([{ t: null }]);
  });

  it('reads int8 as a number, date as text, timestamptz as a Date, bytea as bytes', async () => {
    const result =
      await sql`SELECT 5::int8 AS n, '2026-01-02'::date AS d, '2026-01-02T03:04:05Z'::timestamptz AS t,
      '\\x0102'::bytea AS b, '{"a":[1]}'::jsonb AS j`.execute(database.db);
    expect(result.rows).toEqual([
      {
        n: 5,
        d: '2026-01-02',
        t: new Date('2026-01-02T03:04:05Z'),
        b: new Uint8Array([1, 2]),
        j: { a: [1] },
      },
    ]);
  });

  it('keeps a transaction apart from everything that waits for the one session', async () => {
    const order: string[] = [];
    const first = database.db.transaction().execute(async (transaction) => {
      order.push('begin');
      await sql`SELECT 1`.execute(transaction);
      await sql`SELECT pg_sleep(0.05)`.execute(transaction);
      order.push('end');
    });
    const others = [1, 2, 3].map((n) =>
      sql`SELECT ${n}::int`.execute(database.db).then(() => {
        order.push(`query ${n}`);
      }),
    );
    await Promise.all([first, ...others]);
    expect(order).toEqual(['begin', 'end', 'query 1', 'query 2', 'query 3']);
  });

  it('rolls back and goes on after an error in a transaction', async () => {
    await expect(
      database.db.transaction().execute(async (transaction) => {
        await transaction.insertInto('sites').values({ name: 'gone', domain: 'gone.example' }).execute();
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await database.db.selectFrom('sites').select('id').execute()).toEqual([]);
  });

  it('raises the inventory version in the same transaction as the change', async () => {
    const version = async () =>
      (await database.db.selectFrom('inventory_version').select('version').executeTakeFirstOrThrow()).version;
    const before = await version();
    await database.db.insertInto('sites').values({ name: 'a', domain: 'a.example' }).execute();
    expect(await version()).toBe(before + 1);
    await database.db.updateTable('sites').set({ name: 'b' }).execute();
    await database.db.deleteFrom('sites').execute();
    expect(await version()).toBe(before + 3);
    expect(before).toBeGreaterThan(1_700_000_000_000);
  });

  it('says what a failed query means', async () => {
    const failure = (text: string) =>
      sql
        .raw(text)
        .execute(database.db)
        .then(
          () => undefined,
          (error: unknown) => databaseProblem(error)?.code,
        );
    expect(await failure("INSERT INTO sites (name, domain) VALUES ('', 'a')")).toBe('invalid_input');
    expect(await failure("INSERT INTO zones (name, site_id, sizes) VALUES ('z', 999, '[[1,1]]')")).toBe(
      'conflict',
    );
    expect(await failure('SELECT 99999999999::int')).toBe('invalid_input');
    expect(await failure('SELECT nothing')).toBeUndefined();
    expect(databaseProblem(Object.assign(new Error('not ours'), { code: 'ECONNREFUSED' }))).toBeUndefined();
  });

  it('keeps day keys out of the write-ahead log', async () => {
    const result = await sql<{ relpersistence: string }>`
      SELECT relpersistence FROM pg_class WHERE relname = 'day_keys'`.execute(database.db);
    expect(result.rows).toEqual([{ relpersistence: 'u' }]);
  });

  it('finds everything again after it was closed and opened', async () => {
    await database.db.insertInto('sites').values({ name: 'stays', domain: 'stays.example' }).execute();
    await database.close();
    await expect(database.db.selectFrom('sites').selectAll().execute()).rejects.toThrow();
    database = await openDatabase({ url: undefined, dataDir: directory, logger });
    expect(await database.db.selectFrom('sites').select('name').execute()).toEqual([{ name: 'stays' }]);
  });
});

describe('a database server that cannot be reached', () => {
  const url = 'postgres://someone:secret@127.0.0.1:9/signpost';

  it('is a clear error without the password', async () => {
    const failure = openDatabase({ url, dataDir: '', logger });
    await expect(failure).rejects.toMatchObject({ code: 'database_unavailable' });
    await expect(failure).rejects.toThrow(/127\.0\.0\.1:9/);
    await expect(failure).rejects.not.toThrow(/secret/);
  });

  it('does not keep a process from starting that can do without', async () => {
    const { db, close } = await openDatabase({ url, dataDir: '', logger, migrate: false });
    const failure: unknown = await db
      .selectFrom('sites')
      .selectAll()
      .execute()
      .catch((error: unknown) => error);
    expect(databaseProblem(failure)?.code).toBe('database_unavailable');
    await close();
    await close();
  });
});
