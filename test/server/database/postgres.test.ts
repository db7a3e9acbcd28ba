import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAdminLink } from '../../../server/accounts/index.ts';
import {
  type Database,
  databaseProblem,
  migrate,
  openDatabase,
  readMigrations,
} from '../../../server/database/index.ts';
import { removeDemoInventory, seedDemoInventory } from '../../../server/demo/inventory/index.ts';
import { compileSnapshot, createStore, siteDefinition } from '../../../server/inventory/index.ts';
import { noPostgres, type PostgresServer, startPostgres } from '../../support/postgres.ts';

const logger = pino({ level: 'silent' });

describe.skipIf(noPostgres())('a PostgreSQL server', () => {
  let postgres: PostgresServer;
  let url: string;
  let database: Database;

  beforeAll(async () => {
    postgres = await startPostgres();
    url = postgres.url;
    await vi.waitFor(
      async () => {
        const opened = await openDatabase({ url, dataDir: '', logger, migrate: false });
        await sql`SELECT 1`.execute(opened.db).finally(() => opened.close());
      },
      { timeout: 20_000, interval: 100 },
    );
  });
  afterAll(async () => {
    await database?.close();
    await postgres?.dispose();
  });

  it('is migrated once by two back offices that start at the same time', async () => {
    const [first, second] = await Promise.all([1, 2].map(() => openDatabase({ url, dataDir: '', logger })));
    if (first === undefined || second === undefined) throw new Error('Not opened.');
    await second.close();
    database = first;
    await migrate(database.db, logger);
    const applied = await sql<{
      number: number;
    }>`SELECT number FROM schema_migrations ORDER BY number`.execute(database.db);
    expect(applied.rows).toEqual(readMigrations().map(({ number }) => ({ number })));
  });

  it('holds the inventory: demo in, snapshot out, demo removed', async () => {
    const { db } = database;
    expect((await Promise.all([seedDemoInventory(db), seedDemoInventory(db)])).sort()).toEqual([false, true]);
    const snapshot = await compileSnapshot(db);
    expect(snapshot).toMatchObject({ version: expect.any(Number), zones: [{ sizes: [[300, 250]] }, {}] });
    expect(snapshot.creatives.length).toBe(8);
    expect(await removeDemoInventory(db)).toEqual({ removed: 23, kept: 0 });
    expect((await compileSnapshot(db)).version).toBeGreaterThan(snapshot.version);
  });

  it('reads values as the embedded one does', async () => {
    const { rows } = await sql`SELECT 5::int8 AS n, '2026-01-02'::date AS d, '\\x0102'::bytea AS b,
      '2026-01-02T03:04:05Z'::timestamptz AS t, '{"a":[1]}'::jsonb AS j`.execute(database.db);
    expect(rows).toEqual([
      { n: 5, d: '2026-01-02', b: Buffer.from([1, 2]), t: new Date('2026-01-02T03:04:05Z'), j: { a: [1] } },
    ]);
  });

  it('keeps one link for the first administrator of two that are made at the same time', async () => {
    const { db } = database;
    const made = await Promise.all([createAdminLink(db), createAdminLink(db)]);
    const kept = await db.selectFrom('password_links').select('hash').execute();
    expect(kept.length).toBe(1);
    const hashes = made.map((link) =>
      createHash('sha256')
        .update(link?.token ?? '')
        .digest('hex'),
    );
    expect(hashes).toContain(Buffer.from(kept[0]?.hash ?? []).toString('hex'));
  });

  it('may end a connection in use: the query fails as unavailable, the next one gets a new connection', async () => {
    const { db } = database;
    const sleeping = sql`SELECT pg_sleep(20)`
      .execute(db)
      .catch((error: unknown) => databaseProblem(error)?.code);
    await vi.waitFor(async () => {
      const ended = await sql<{
        n: number;
      }>`SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity
        WHERE query LIKE 'SELECT pg_sleep%'`.execute(db);
      expect(ended.rows).toEqual([{ n: 1 }]);
    }, 20_000);
    expect(await sleeping).toBe('database_unavailable');
    const sites = createStore(db, siteDefinition);
    expect(await sites.list('all', { limit: 1 })).toEqual({ items: [], next: null, total: 0 });
  });

  it('may restart: what asks meanwhile gets a clear error, and afterwards answers again', async () => {
    const { db } = database;
    await postgres.stop();
    const failure: unknown = await sql`SELECT 1`.execute(db).catch((error: unknown) => error);
    expect(databaseProblem(failure)?.code).toBe('database_unavailable');
    await postgres.start();
    await vi.waitFor(() => sql`SELECT 1`.execute(db), { timeout: 20_000, interval: 100 });
  });
});
