import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { storedColumns } from '../../../analytics/events/columns.ts';
import { readMigrations } from '../../../analytics/migrations/files.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { splitStatements } from '../../../analytics/migrations/statements.ts';
import { scratchDirectory, silent } from './support.ts';

let clickhouse: ClickHouse;

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
});
afterAll(() => clickhouse.close());

describe('ClickHouse migrations', () => {
  it('apply once, in order', async () => {
    const names = (await readMigrations()).map((migration) => migration.name);
    expect(await migrateClickHouse(clickhouse, silent)).toEqual(names);
    expect(await migrateClickHouse(clickhouse, silent)).toEqual([]);
  });

  it('complete one that was cut off in its middle', async () => {
    const [first] = await readMigrations();
    await clickhouse.command(
      'ALTER TABLE schema_migrations DELETE WHERE version = 1 SETTINGS mutations_sync = 1',
    );
    await clickhouse.command('DROP TABLE period_events_from_events SYNC');
    expect(await migrateClickHouse(clickhouse, silent)).toEqual([first?.name]);
    const tables = await clickhouse.query(
      "SELECT 1 FROM system.tables WHERE name = 'period_events_from_events'",
    );
    expect(tables).toHaveLength(1);
  });

  it('refuse a file that is not the one applied', async () => {
    const [first] = await readMigrations();
    const edited = { ...first!, hash: 'other' };
    await expect(migrateClickHouse(clickhouse, silent, [edited])).rejects.toMatchObject({
      code: 'migration_changed',
    });
  });

  it('give events the columns of columns.ts', async () => {
    await clickhouse.command(`CREATE TABLE expected (${storedColumns}) ENGINE = Memory`);
    const columnsOf = (table: string) =>
      clickhouse.query(
        'SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String} ORDER BY position',
        {
          table,
        },
      );
    expect(await columnsOf('events')).toEqual(await columnsOf('expected'));
  });
});

describe('splitStatements', () => {
  it('splits at semicolons outside of quotes and comments', () => {
    const sql = `-- one; two
      SELECT ';', "a;b", \`c;d\`, 'it''s; \\'; ' /* x; y */ ; ;
      SELECT 2 -- the end;`;
    expect(splitStatements(sql)).toEqual([`SELECT ';', "a;b", \`c;d\`, 'it''s; \\'; '`, 'SELECT 2']);
  });
});
