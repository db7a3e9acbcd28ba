import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { columnNames, lineSelect, lineStructure } from '../../../analytics/events/columns.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import {
  emptyTables,
  hex,
  type Line,
  scratchDirectory,
  scratchSpool,
  silent,
  writeSegment,
} from '../clickhouse/support.ts';
import { stored } from '../clickhouse/support-counts.ts';

const midnight = Date.UTC(2026, 10, 24);
const insert = {
  into: `events (${columnNames.join(', ')})`,
  select: lineSelect,
  structure: lineStructure,
};
let clickhouse: ClickHouse;

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(clickhouse, silent);
});
beforeEach(() => emptyTables(clickhouse));
afterAll(() => clickhouse.close());

/** Page views, half of them before midnight and half after. */
function acrossMidnight(count: number): Line[] {
  return Array.from({ length: count }, (_, index) => ({
    type: 'page_view',
    id: hex(index + 1),
    time: midnight + (index - count / 2) * 10,
  }));
}

describe('insertFile', () => {
  it('counts a segment once in events and in what a view makes of it, however often it is sent', async () => {
    const file = writeSegment(scratchSpool(), 's', acrossMidnight(1000));
    for (let i = 0; i < 3; i += 1) await clickhouse.insertFile(insert, file, 'once');
    expect(await stored(clickhouse)).toEqual({ events: 1000, ids: 1000, periodEvents: 1000 });
  });

  it('takes the same bytes under another token for other rows', async () => {
    const file = writeSegment(scratchSpool(), 's', acrossMidnight(10));
    await clickhouse.insertFile(insert, file, "a'b\\1");
    await clickhouse.insertFile(insert, file, "a'b\\2");
    expect(await stored(clickhouse)).toEqual({ events: 20, ids: 10, periodEvents: 20 });
  });

  it('stores each field of a line, and origin where it is not the time', async () => {
    const line = { type: 'click', id: 'ffffffffffffffff', time: midnight + 5, origin: midnight - 5 };
    const file = writeSegment(scratchSpool(), 's', [{ ...line, visitor: hex(1), country: 'TW', site: 3 }]);
    await clickhouse.insertFile(insert, file, 'fields');
    const rows = await clickhouse.query(
      `SELECT toString(id) AS id, toString(time) AS time, toString(origin) AS origin, toString(type) AS type, visitor,
         country, site, toString(visitor_kind) AS kind FROM events`,
    );
    expect(rows).toEqual([
      {
        id: '18446744073709551615',
        time: '2026-11-24 00:00:00.005',
        origin: '2026-11-23 23:59:59.995',
        type: 'click',
        visitor: 1,
        country: 'TW',
        site: 3,
        kind: '',
      },
    ]);
  });

  it('ends at each row once, whichever parts of an insert were applied before it broke off', async () => {
    const file = writeSegment(scratchSpool(), 's', acrossMidnight(200));
    await clickhouse.insertFile(insert, file, 'partly');
    const parts = ["events DROP PARTITION '20261123'", "events DROP PARTITION '20261124'"];
    const view = "period_events DROP PARTITION '202611'";
    for (let lost = 1; lost < 8; lost += 1) {
      // A dropped part takes its entry out of the deduplication log: what is left is what a kill would leave.
      const gone = [...parts, view].filter((_, index) => (lost >> index) & 1);
      for (const part of gone) await clickhouse.command(`ALTER TABLE ${part}`);
      await clickhouse.insertFile(insert, file, 'partly');
      expect(await stored(clickhouse), gone.join(', ')).toEqual({
        events: 200,
        ids: 200,
        periodEvents: 200,
      });
    }
  });

  it('leaves nothing behind of a file whose last line cannot be read', async () => {
    const lines = acrossMidnight(150_000).map((line) => `${JSON.stringify(line)}\n`);
    const file = writeSegment(scratchSpool(), 's', `${lines.join('')}{"type":"page_view","id":"00`);
    await expect(clickhouse.insertFile(insert, file, 'torn')).rejects.toMatchObject({
      code: 'clickhouse_failed',
    });
    expect(await stored(clickhouse)).toMatchObject({ events: 0, periodEvents: 0 });
  });

  it('makes one part per day of far more rows than a block has by default', async () => {
    const file = path.join(scratchSpool(), 'large.jsonl');
    const output = createWriteStream(file);
    const count = 1_100_000;
    for (let start = 0; start < count; start += 50_000) {
      const lines = Array.from({ length: 50_000 }, (_, index) => {
        const n = start + index;
        return `{"type":"page_view","id":"${hex(n)}","time":${midnight - 1000 + (n % 2000)}}\n`;
      });
      output.write(lines.join(''));
    }
    output.end();
    await finished(output);
    for (let i = 0; i < 2; i += 1) await clickhouse.insertFile(insert, file, 'large');
    expect(await stored(clickhouse)).toMatchObject({ events: count, periodEvents: count });
    const parts = await clickhouse.query(
      "SELECT partition, rows FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events'",
    );
    expect(parts).toHaveLength(2);
  });
});

describe('what deduplication through views needs', () => {
  const token =
    "insert_deduplication_token = 't', insert_deduplicate = 1, deduplicate_insert = 'enable', deduplicate_insert_select = 'force_enable'";
  it.each([
    { source: 100, target: 100, views: 1, counted: 1 },
    { source: 0, target: 100, views: 1, counted: 3 },
    { source: 100, target: 0, views: 1, counted: 3 },
    { source: 100, target: 100, views: 0, counted: 3 },
  ])('window of $source and $target, setting $views: three sendings count $counted', async (given) => {
    const { source, target, views, counted } = given;
    await clickhouse.command('DROP TABLE IF EXISTS to_target SYNC');
    for (const [name, window] of [
      ['source', source],
      ['target', target],
    ] as const) {
      await clickhouse.command(`DROP TABLE IF EXISTS ${name} SYNC`);
      await clickhouse.command(
        `CREATE TABLE ${name} (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = ${window}`,
      );
    }
    await clickhouse.command(
      'CREATE MATERIALIZED VIEW to_target TO target AS SELECT count() AS n FROM source',
    );
    for (let i = 0; i < 3; i += 1) {
      await clickhouse.command(
        `INSERT INTO source SETTINGS ${token}, deduplicate_blocks_in_dependent_materialized_views = ${views}
         SELECT 1 FROM numbers(1)`,
      );
    }
    const [row] = await clickhouse.query<{ n: number }>('SELECT sum(n) AS n FROM target');
    expect(Math.max(row?.n ?? 0, await countOf('source'))).toBe(counted);
  });

  async function countOf(table: 'source'): Promise<number> {
    const [row] = await clickhouse.query<{ n: number }>(`SELECT count() AS n FROM ${table}`);
    return row?.n ?? 0;
  }
});
