import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { scratchDirectory, scratchSpool, silent, writeSegment } from './support.ts';

const dataDir = scratchDirectory();
let clickhouse: ClickHouse;

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir, logger: silent });
});
afterAll(() => clickhouse.close());

describe('embedded ClickHouse', () => {
  it('binds every kind of value, whatever is in it', async () => {
    const text = `it's "a" \\ back\\'slash\t\n\r {x} ; -- 你好`;
    const [row] = await clickhouse.query(
      `SELECT {text:String} AS text, {n:UInt64} AS n, {list:Array(String)} AS list,
         {numbers:Array(UInt32)} AS numbers, {flag:Bool} AS flag, {i:Int64} AS i`,
      { text, n: 2 ** 53 - 1, list: ['a', text], numbers: [1, 2], flag: true, i: -5 },
    );
    expect(row).toEqual({ text, n: 2 ** 53 - 1, list: ['a', text], numbers: [1, 2], flag: true, i: -5 });
  });

  it('refuses a parameter whose name is not a name', async () => {
    await expect(clickhouse.query('SELECT 1', { 'a; DROP TABLE x': 1 })).rejects.toThrow('no parameter name');
  });

  it('tells errors of the statement from those that pass', async () => {
    await expect(clickhouse.query('SELECT nothing_of_this_name')).rejects.toMatchObject({
      code: 'clickhouse_failed',
      engineCode: 47,
      retryable: false,
    });
    const aborted = clickhouse.query('SELECT 1', {}, { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'clickhouse_unavailable', retryable: true });
  });

  it.each(['jobs', 'shipping'] as const)(
    'lets %s go on beside a long report, also with parameters on both sides',
    async (lane) => {
      let reportEnded = false;
      const report = clickhouse
        .query(
          'SELECT sum(sleepEachRow(0.3)) AS slept FROM numbers({n:UInt8})',
          { n: 4 },
          { settings: { max_block_size: 1 } },
        )
        .then(() => {
          reportEnded = true;
        });
      expect(await clickhouse.query('SELECT {x:UInt8} AS x', { x: 7 }, { lane })).toEqual([{ x: 7 }]);
      expect(reportEnded).toBe(false);
      await report;
    },
  );

  it('never mixes up the parameters of two connections', async () => {
    const ask = async (lane: 'jobs' | 'reports', tag: string) => {
      for (let i = 0; i < 150; i += 1) {
        const [row] = await clickhouse.query<{ x: string }>(
          'SELECT {x:String} AS x',
          { x: tag + i },
          { lane },
        );
        expect(row?.x).toBe(tag + i);
      }
    };
    await Promise.all([ask('jobs', 'a'), ask('reports', 'b')]);
  });

  it('keeps the settings of a statement from the next one', async () => {
    const setting = () =>
      clickhouse.query<{ name: string }>(
        "SELECT name FROM system.settings WHERE name IN ('max_block_size', 'readonly') AND changed",
      );
    const before = await setting();
    await clickhouse.query('SELECT 1', {}, { settings: { max_block_size: 7, readonly: 1 } });
    expect(await setting()).toEqual(before);
    await clickhouse.command('CREATE TABLE leak (n UInt8) ENGINE = MergeTree ORDER BY n');
    await clickhouse.command('INSERT INTO leak SELECT 1');
  });

  it('needs that care: settings given to the client leak into later calls of its connection', async () => {
    const connection = createChdbConnection({ path: path.join(dataDir, 'clickhouse') });
    const client = createClient({ connection: connection as never });
    await client.command({
      query:
        'CREATE TABLE leaking (n UInt8) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 10',
    });
    const insert = (n: number) => client.command({ query: `INSERT INTO leaking VALUES (${n})` });
    await client.command({
      query: 'INSERT INTO leaking VALUES (1)',
      clickhouse_settings: { insert_deduplication_token: 'a' },
    });
    await insert(2);
    await insert(3);
    const result = await client.query({ query: 'SELECT count() AS n FROM leaking', format: 'JSONEachRow' });
    expect(await result.json()).toEqual([{ n: 1 }]);
    await client.close();
  });

  it('keeps the caches small and allows backups in the data directory', async () => {
    const rows = await clickhouse.query<{ name: string; value: string }>(
      "SELECT name, value FROM system.server_settings WHERE name IN ('mark_cache_size', 'primary_index_cache_size')",
    );
    expect(rows.map((row) => Number(row.value))).toEqual([67_108_864, 67_108_864]);
    mkdirSync(path.join(dataDir, 'backups'), { recursive: true });
    await clickhouse.command('CREATE TABLE kept (n UInt8) ENGINE = MergeTree ORDER BY n');
    const target = path.join(dataDir, 'backups', 'kept');
    await clickhouse.query(`SELECT 1`);
    await clickhouse.command(`BACKUP TABLE kept TO File('${target}')`);
  });

  it('reads files whose path looks like a pattern', async () => {
    const directory = path.join(scratchSpool(), 'a{1,2}*?');
    const file = writeSegment(directory, 's', '{"n":1}\n{"n":2}\n');
    await clickhouse.command('CREATE TABLE patterns (n UInt8) ENGINE = MergeTree ORDER BY n');
    const insert = { into: 'patterns (n)', select: 'n', structure: 'n UInt8' };
    await clickhouse.insertFile(insert, file, 't');
    expect(await clickhouse.query('SELECT sum(n) AS n FROM patterns')).toEqual([{ n: 3 }]);
  });
});
