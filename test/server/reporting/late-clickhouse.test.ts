import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ClickHouse } from '../../../analytics/index.ts';
import { openLateClickHouse } from '../../../server/reporting/index.ts';
import { scratchDirectory } from '../../analytics/clickhouse/support.ts';
import { type ClickHouseFront, startClickHouseFront } from '../../support/clickhouse-front.ts';

const dataDir = scratchDirectory();
let front: ClickHouseFront;
let log: { level: number; msg: string; reason?: string }[];
const logger = pino({ level: 'info' }, { write: (line: string) => log.push(JSON.parse(line)) });
beforeAll(async () => {
  front = await startClickHouseFront(dataDir);
});
beforeEach(() => {
  front.fault = () => undefined;
  log = [];
});
afterAll(() => front.close());

async function open(url: string, retryMs = 20): Promise<ClickHouse> {
  const clickhouse = await openLateClickHouse({ url, dataDir, logger, retryMs, migrate: true });
  onTestFinished(() => clickhouse.close());
  return clickhouse;
}
const warnings = () => log.filter(({ msg }) => msg.startsWith('ClickHouse cannot be used yet')).length;

/** A server that tells its version to whoever asks, which the test may change. */
async function versionServer() {
  const answer = { status: 200, text: '{"version":"18.16.1"}\n', asked: 0, onAsked: () => {} };
  const server = createServer((request, response) => {
    request.resume();
    answer.asked++;
    answer.onAsked();
    response.statusCode = answer.status;
    response.end(answer.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answer };
}

describe('ClickHouse that may come late', () => {
  it('is there at once, with its tables, where it can be reached', async () => {
    const clickhouse = await open(`${front.url}/there`);
    expect(clickhouse.kind).toBe('http');
    expect(clickhouse.version).toMatch(/^\d+\.\d+/);
    expect(await clickhouse.query('SELECT count() AS n FROM events')).toEqual([{ n: 0 }]);
    expect(warnings()).toBe(0);
  });

  it('lets the back office start while it is down, refuses calls, and works once it is up', async () => {
    front.fault = () => 'error-before';
    const clickhouse = await open(`${front.url}/later`);
    expect(clickhouse.version).toBe('');
    const unavailable = { code: 'clickhouse_unavailable', retryable: true };
    await expect(clickhouse.query('SELECT 1')).rejects.toMatchObject(unavailable);
    await expect(clickhouse.command('SELECT 1')).rejects.toMatchObject(unavailable);
    await expect(
      clickhouse.insertFile({ into: 'x', select: 'x', structure: 'x' }, '/none', 't'),
    ).rejects.toMatchObject(unavailable);
    await vi.waitFor(() => expect(warnings()).toBeGreaterThan(2), { timeout: 20_000, interval: 10 });
    front.fault = () => undefined;
    await vi.waitFor(
      async () => expect(await clickhouse.query('SELECT count() AS n FROM events')).toEqual([{ n: 0 }]),
      { timeout: 10_000, interval: 20 },
    );
    expect(clickhouse.version).toMatch(/^\d+\.\d+/);
  });

  it('is not used before its tables are all there', async () => {
    let down = true;
    front.fault = (sql) => (down && /rollup/i.test(sql) ? 'error-before' : undefined);
    const clickhouse = await open(`${front.url}/half`);
    await expect(clickhouse.query('SELECT 1 AS n')).rejects.toMatchObject({ code: 'clickhouse_unavailable' });
    expect(warnings()).toBe(1);
    down = false;
    await vi.waitFor(
      async () =>
        expect(await clickhouse.query('SELECT count() AS n FROM traffic_rollup')).toEqual([{ n: 0 }]),
      { timeout: 10_000, interval: 20 },
    );
  });

  it('is not tried any more once it is closed', async () => {
    const [server, other] = [await versionServer(), await versionServer()];
    for (const { answer } of [server, other]) answer.status = 502;
    const clickhouse = await open(server.url);
    let closing: Promise<void> | undefined;
    // In the middle of a try, which fails after that.
    server.answer.onAsked = () => {
      closing ??= clickhouse.close();
    };
    await vi.waitFor(() => expect(closing).toBeDefined(), { timeout: 20_000, interval: 10 });
    await closing;
    // Another one with the same patience says how often this one would have been tried by now.
    const askedBefore = server.answer.asked;
    await open(other.url);
    await vi.waitFor(() => expect(other.answer.asked).toBeGreaterThan(6), { timeout: 20_000, interval: 10 });
    expect(server.answer.asked).toBeLessThanOrEqual(askedBefore + 1);
    await expect(clickhouse.query('SELECT 1')).rejects.toMatchObject({ code: 'clickhouse_unavailable' });
  });

  it('that was closed while it was being opened stays closed', async () => {
    front.fault = () => 'error-before';
    const options = { url: front.url, dataDir, logger, retryMs: 20, migrate: false };
    const clickhouse = await openLateClickHouse(options);
    let closing: Promise<void> | undefined;
    front.fault = () => {
      closing ??= clickhouse.close();
      return undefined;
    };
    await vi.waitFor(() => expect(log.map(({ msg }) => msg)).toContain('ClickHouse is open'), {
      timeout: 20_000,
      interval: 10,
    });
    await closing;
    await expect(clickhouse.query('SELECT 1')).rejects.toMatchObject({ code: 'clickhouse_unavailable' });
  });

  it('keeps the back office from starting where it is too old', async () => {
    const { url } = await versionServer();
    await expect(open(url)).rejects.toMatchObject({
      code: 'clickhouse_too_old',
      message: expect.stringContaining('18.16.1'),
    });
  });

  it('that turns out to be too old later is not used, tried no further, and told of', async () => {
    const { url, answer } = await versionServer();
    answer.status = 502;
    const clickhouse = await open(url);
    answer.status = 200;
    await vi.waitFor(
      () => {
        const told = log.filter(({ msg }) => msg === 'ClickHouse cannot be used; events wait in the log');
        expect(told).toHaveLength(1);
        expect(told[0]?.reason).toContain('18.16.1');
      },
      { timeout: 20_000, interval: 10 },
    );
    await expect(clickhouse.query('SELECT 1')).rejects.toMatchObject({ code: 'clickhouse_unavailable' });
  });
});
