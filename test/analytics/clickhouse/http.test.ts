import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { checkVersion } from '../../../analytics/clickhouse/version.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { reports } from '../../../analytics/reports/registry.ts';
import { rollUp } from '../../../analytics/rollup/roll-up.ts';
import { shipSegments } from '../../../analytics/shipping/ship.ts';
import { type ClickHouseFront, startClickHouseFront } from '../../support/clickhouse-front.ts';
import { scratchDirectory, scratchSpool, silent, writeSegment } from './support.ts';

const dataDir = scratchDirectory();
let front: ClickHouseFront;
let clickhouse: ClickHouse;

beforeAll(async () => {
  front = await startClickHouseFront(dataDir);
  clickhouse = await openClickHouse({ url: `${front.url}/signpost`, dataDir, logger: silent });
});
afterAll(async () => {
  await clickhouse.close();
  await front.close();
});

/** A server that answers every request alike. */
async function fixedServer(status: number, text: string): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.statusCode = status;
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('ClickHouse over HTTP', () => {
  it('creates the database of its URL and works in it', async () => {
    await migrateClickHouse(clickhouse, silent);
    const rows = await clickhouse.query(
      "SELECT DISTINCT database FROM system.tables WHERE name = 'rollup_runs'",
    );
    expect(rows).toEqual([{ database: 'signpost' }]);
  });

  it('binds values as the embedded one does, also more than an address can hold', async () => {
    const text = `it's "a" \\ back\\'slash\t\n {x} ; -- 你好`;
    const list = Array.from({ length: 9000 }, (_, n) => n);
    const [row] = await clickhouse.query(
      'SELECT {text:String} AS text, {n:UInt64} AS n, arraySum({list:Array(UInt32)}) AS sum',
      { text, n: 2 ** 53 - 1, list },
    );
    expect(row).toEqual({ text, n: 2 ** 53 - 1, sum: (9000 * 8999) / 2 });
  });

  it('ships, rolls up and reports as the embedded one does', async () => {
    const spoolDir = scratchSpool();
    const noon = Date.UTC(2026, 10, 23, 12);
    const view = { type: 'page_view', visitor: '0000000000000007', country: 'TW' };
    const late = { ...view, id: '0000000000000002', time: noon + 4_000_000 };
    writeSegment(spoolDir, 'http', [{ ...view, id: '0000000000000001', time: noon }, late, late]);
    expect(await shipSegments({ clickhouse, spoolDir, logger: silent })).toMatchObject({ rows: 3 });
    const range = { from: new Date(noon), to: new Date(noon + 7_200_001), timeZone: 'Asia/Kathmandu' };
    const context = { clickhouse, now: new Date(noon + 86_400_000) };
    const expected = [
      { hour: '2026-11-23T17:00+05:45', pageViews: 1 },
      { hour: '2026-11-23T18:00+05:45', pageViews: 1 },
    ];
    const request = { ...range, dimensions: ['hour'], metrics: ['pageViews'] };
    expect((await reports.traffic.run(context, request)).rows).toEqual(expected);
    expect((await rollUp({ clickhouse, nowMs: noon + 86_400_000, logger: silent })).periods).toBeGreaterThan(
      1,
    );
    expect((await reports.traffic.run(context, request)).rows).toEqual(expected);
    const visitors = await reports.visitors.run(context, { ...range, dimensions: ['country'] });
    expect(visitors.rows).toEqual([{ country: 'TW', pageViews: 2, visits: 2, visitors: 1 }]);
  });

  it('writes a result into a file, and nothing of a failed one', async () => {
    const file = { path: `${dataDir}/result`, format: 'rows' } as const;
    const sql = 'SELECT number AS n, {text:String} AS text FROM numbers(5) ORDER BY n LIMIT 2';
    await clickhouse.queryFile(sql, { text: 'a"b' }, file);
    const lines = readFileSync(file.path, 'utf8').split('\n');
    expect(lines.filter((line) => line.startsWith('{"row"'))).toEqual([
      '{"row":[0, "a\\"b"]}',
      '{"row":[1, "a\\"b"]}',
    ]);
    expect(lines).toContain('{"rows_before_limit_at_least":5}');
    front.fault = () => 'error-before';
    await expect(clickhouse.queryFile(sql, { text: '' }, file)).rejects.toMatchObject({
      code: 'clickhouse_unavailable',
    });
    front.fault = () => undefined;
    await expect(clickhouse.queryFile('SELECT nothing_of_this_name', {}, file)).rejects.toMatchObject({
      code: 'clickhouse_failed',
    });
  });

  it('streams a file as it is', async () => {
    const file = writeSegment(scratchSpool(), 's', '{"n":1}\n{"n":2}\n');
    await clickhouse.command('CREATE TABLE streamed (n UInt8) ENGINE = MergeTree ORDER BY n');
    await clickhouse.insertFile({ into: 'streamed (n)', select: 'n', structure: 'n UInt8' }, file, 't');
    expect(await clickhouse.query('SELECT sum(n) AS n FROM streamed')).toEqual([{ n: 3 }]);
  });

  it('tells errors of the statement from those of the way', async () => {
    await expect(clickhouse.query('SELECT nothing_of_this_name')).rejects.toMatchObject({
      code: 'clickhouse_failed',
      engineCode: 47,
    });
    front.fault = () => 'error-before';
    await expect(clickhouse.query('SELECT 1')).rejects.toMatchObject({ code: 'clickhouse_unavailable' });
    front.fault = () => undefined;
  });

  it('says what to do about a server that is too old', async () => {
    const url = await fixedServer(200, '{"version":"18.16.1"}\n');
    const opened = openClickHouse({ url, dataDir, logger: silent });
    await expect(opened).rejects.toMatchObject({
      code: 'clickhouse_too_old',
      message: expect.stringMatching(/has version 18\.16\.1, and 26\.3 is the oldest.*Upgrade/),
    });
  });

  it('takes a server that cannot be reached, or is no ClickHouse, as unavailable', async () => {
    const refused = openClickHouse({ url: 'http://127.0.0.1:9', dataDir, logger: silent });
    await expect(refused).rejects.toMatchObject({ code: 'clickhouse_unavailable', retryable: true });
    const url = await fixedServer(502, 'Bad gateway');
    await expect(openClickHouse({ url, dataDir, logger: silent })).rejects.toMatchObject({
      code: 'clickhouse_unavailable',
    });
  });

  it.each([
    ['26.3.1.1', true],
    ['26.7.2.1', true],
    ['27.1', true],
    ['26.2.9.1', false],
    ['25.12.1.1', false],
    ['18.16.1', false],
    ['nonsense', false],
  ])('takes version %s: %s', (version, supported) => {
    const check = () => checkVersion(version);
    if (supported) expect(check).not.toThrow();
    else expect(check).toThrow(version);
  });
});
