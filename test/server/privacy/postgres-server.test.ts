import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../server/database/index.ts';
import { Findings } from '../../../server/privacy/look-through.ts';
import { overdueInPostgres } from '../../../server/privacy/overdue.ts';
import { postgresParts } from '../../../server/privacy/postgres-parts.ts';
import { silent } from '../../analytics/clickhouse/support.ts';
import { noPostgres, type PostgresServer, startPostgres } from '../../support/postgres.ts';

describe.skipIf(noPostgres())('a scan of a PostgreSQL server', () => {
  let postgres: PostgresServer;
  let database: Database;
  beforeAll(async () => {
    postgres = await startPostgres();
    database = await openDatabase({ url: postgres.url, dataDir: '', logger: silent });
  });
  afterAll(async () => {
    await database?.close();
    await postgres?.dispose();
  });

  it('looks through large tables a stretch at a time, and finds the one row', async () => {
    const { db } = database;
    await sql`CREATE TABLE wide (id integer, note text, doc jsonb)`.execute(db);
    await sql`INSERT INTO wide SELECT n, md5(n::text) || md5((-n)::text), '{"at":"12:34:56"}' FROM generate_series(1, 60000) AS n`.execute(
      db,
    );
    await sql`INSERT INTO wide VALUES (60001, 'x', '{"by":["alice@example.org"]}')`.execute(db);
    const parts = await postgresParts(db);
    expect(parts.filter(({ key }) => key.startsWith('wide ')).length).toBeGreaterThan(2);
    const findings = new Findings(new Set());
    for (const part of parts) await part.scan(findings);
    expect(findings.list()).toEqual([{ place: 'wide.doc.by', kind: 'mail', count: 1, sample: 'a…@….org' }]);
  });

  it('asks of every table that has days whether they are over', async () => {
    const backups = { days: 7, weeks: 4, months: 3 };
    const kept = {
      eventsDays: 400,
      rollupsDays: 3660,
      archiveDays: 30,
      auditDays: 730,
      runsDays: 30,
      memberSignInDays: 90,
      memberProofDays: 1095,
      backups,
    };
    expect(await overdueInPostgres(database.db, kept, Date.now())).toEqual([]);
  });
});
