import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Database, inMemory, openDatabase } from '../../../server/database/index.ts';
import { removeDemoInventory, seedDemoInventory } from '../../../server/demo/inventory/index.ts';
import { sendDemoTraffic } from '../../../server/demo/traffic.ts';
import { seededRandom } from '../../analytics/clickhouse/support.ts';

const logger = pino({ level: 'silent' });
let database: Database;
let delivery: Server;
let asked: { path: string; from: string }[];
let status: number;

beforeAll(async () => {
  database = await openDatabase({ url: undefined, dataDir: inMemory, logger });
  await seedDemoInventory(database.db);
  delivery = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({
      path: path.replace(/[?/]zone=\d+$|\?.*$/, ''),
      from: String(request.headers['x-forwarded-for']),
    });
    response.statusCode = path.startsWith('/v1/c/') ? 302 : status;
    // Links have the public address, which is not where this machine reaches delivery.
    const link = (kind: string) => `https://ads.example.com/v1/${kind}/token`;
    const urls = { impressionUrl: link('e/i'), viewableUrl: link('e/v'), clickUrl: link('c') };
    response.end(path.startsWith('/v1/ad') ? JSON.stringify({ creative: {}, ...urls }) : '');
  });
  await new Promise<void>((resolve) => delivery.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  asked = [];
  status = 200;
});
afterAll(async () => {
  await database.close();
  delivery.close();
});

const send = (visits: number) =>
  sendDemoTraffic(
    {
      db: database.db,
      deliveryOrigin: `http://127.0.0.1:${(delivery.address() as AddressInfo).port}`,
      random: seededRandom(7),
    },
    visits,
    new AbortController().signal,
  );
const askedFor = (path: string) => asked.filter((each) => each.path === path).length;

it('visits pages from many places, and sends what their tags would', async () => {
  const counts = await send(200);
  expect(counts).toEqual({
    pageViews: askedFor('/v1/page'),
    impressions: askedFor('/v1/e/i/token'),
    viewable: askedFor('/v1/e/v/token'),
    clicks: askedFor('/v1/c/token'),
  });
  expect(counts).toMatchObject({ pageViews: 200, impressions: 200 });
  expect(counts.viewable).toBeGreaterThan(100);
  expect(counts.clicks).toBeGreaterThan(0);
  expect(new Set(asked.map(({ from }) => from.split('.')[0])).size).toBe(8);
});

it('fails where delivery refuses, so that the job is tried again', async () => {
  status = 503;
  await expect(send(1)).rejects.toThrow('Delivery answered 503 to /v1/page.');
});

it('does nothing once the demo inventory was removed', async () => {
  await removeDemoInventory(database.db);
  expect(await send(5)).toEqual({ pageViews: 0, impressions: 0, viewable: 0, clicks: 0 });
  expect(asked).toEqual([]);
});
