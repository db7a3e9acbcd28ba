import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columnNames } from '../../../analytics/events/columns.ts';
import { storedTables } from '../../../analytics/index.ts';
import type { Database } from '../../../server/database/index.ts';
import { permits } from '../../../server/privacy/permits.ts';
import { holdings, tablesAboutNobody } from '../../../server/privacy/register.ts';
import { openMigratedDatabase } from '../../support/migrated-database.ts';

let database: Database;
beforeAll(async () => {
  database = await openMigratedDatabase();
});
afterAll(() => database.close());

/** What events have that is about the ad, and about nobody. */
const aboutTheAd = [
  ...['type', 'id', 'time', 'origin', 'site', 'zone', 'advertiser', 'campaign', 'line_item', 'creative'],
  ...['no_fill', 'not_counted', 'invalid', 'link', 'price_nanos'],
];
const columns = new Set(holdings.flatMap(({ kept }) => kept.flatMap((place) => place.columns)));

describe('the register', () => {
  it('names every column of events', () => {
    const unnamed = columnNames.filter((name) => !columns.has(`events.${name}`));
    expect(unnamed).toEqual(aboutTheAd);
  });

  it('names every table of both databases, and none that is not there', async () => {
    const { rows } = await sql<{ name: string }>`
      SELECT relname AS name FROM pg_class
      WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace`.execute(database.db);
    const tables = new Set([...rows, ...storedTables].map(({ name }) => name));
    const named = new Set([
      ...[...columns].map((column) => column.split('.')[0] ?? ''),
      ...Object.keys(tablesAboutNobody),
    ]);
    expect([...tables].filter((table) => !named.has(table))).toEqual([]);
    expect([...named].filter((table) => !tables.has(table))).toEqual([]);
  });

  it('has each table once, about somebody or nobody', () => {
    const ids = holdings.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const both = Object.keys(tablesAboutNobody).filter((table) => columns.has(`${table}.*`));
    expect(both).toEqual([]);
  });

  it('gives a reason for each place where addresses may be', () => {
    for (const { places, reason } of permits) {
      expect(reason).toMatch(/\.$/);
      for (const place of places)
        expect(place).toMatch(/^(file:.+|[a-z_]+\.(\*\*|[a-z0-9_]+)(\.[a-z_]+)*(\.\*\*)?)$/);
    }
  });
});
