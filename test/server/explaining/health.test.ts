import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import type { ClickHouse } from '../../../analytics/index.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { healthRoute } from '../../../server/explaining/index.ts';
import type { PlanState, Standing } from '../../../server/pacing/index.ts';
import { scratchDirectory, silent } from '../../analytics/clickhouse/support.ts';
import { type Harness, startApi } from '../api/harness.ts';

const dayMs = 86_400_000;
const now = Date.UTC(2026, 10, 2, 9);
let clickhouse: ClickHouse;
let api: Harness;
let zone: number;
let campaignId: number;
/** What the books say of line items, by their ids. */
const books = new Map<number, Standing>();

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(clickhouse, silent);
  api = await startApi((db) => [
    healthRoute({ db, clickhouse, now: () => now, standings: async () => books }),
  ]);
  const siteId = await make('/sites', { name: 'S', domain: 's.example' });
  zone = await make('/zones', { siteId, name: 'Z', sizes: [[300, 250]] });
  const advertiserId = await make('/advertisers', { name: 'A' });
  campaignId = await make('/campaigns', { advertiserId, name: 'C' });
});
afterAll(async () => {
  await api.close();
  await clickhouse.close();
});

const make = async (path: string, body: object) => Number((await api.call('POST', path, body)).body.id);

async function makeLineItem(fields: object = {}, creative: object | null = {}): Promise<number> {
  const id = await make('/line-items', { campaignId, name: 'L', type: 'standard', ...fields });
  const text = { type: 'text', width: 300, height: 250, headline: 'H', clickUrl: 'https://example.com/' };
  if (creative !== null) await make('/creatives', { lineItemId: id, name: 'C', ...text, ...creative });
  return id;
}

/** Ad requests of a country within the last day. */
async function ask(count: number, country: string, noFill = '', lineItem = 0): Promise<void> {
  await clickhouse.command(`INSERT INTO events (type, id, time, origin, zone, country, no_fill, line_item)
    SELECT 'ad_request', rand64(), at, at, ${zone}, '${country}', '${noFill}', ${lineItem}
    FROM (SELECT fromUnixTimestamp64Milli(toInt64(${now - 3_600_000} + number), 'UTC') AS at FROM numbers(${count}))`);
}

function standing(state: PlanState, adsPerSecond = 1): Standing {
  return {
    goal: { metric: 'impressions', per: 'flight', amount: 1000, delivered: 100, planned: 200, state },
    ...{ budget: null, workers: 1, leased: 0, leasable: 1, adsPerSecond, hold: undefined },
  };
}

async function health(id: number): Promise<Record<string, unknown>> {
  const { status, text, body } = await api.call('GET', `/line-item-health?ids=${id}`);
  expect([status, text]).toEqual([200, expect.any(String)]);
  return body.items?.[0] as unknown as Record<string, unknown>;
}
const judged = async (id: number) => {
  const { state, reason } = await health(id);
  return `${state} ${reason}`;
};

it('tells why a line item cannot run', async () => {
  const later = new Date(now + dayMs).toISOString();
  const before = new Date(now - dayMs).toISOString();
  expect(await judged(await makeLineItem({ status: 'paused' }))).toBe('idle paused');
  expect(await judged(await makeLineItem({ endAt: before }))).toBe('idle ended');
  expect(await judged(await makeLineItem({}, null))).toBe('idle no_creative');
  expect(await judged(await makeLineItem({}, { status: 'paused' }))).toBe('idle no_creative');
  expect(await judged(await makeLineItem({}, { width: 1 }))).toBe('idle no_zone');
  expect(await judged(await makeLineItem({ startAt: later }))).toBe('waiting not_started');
  expect(await judged(await makeLineItem())).toBe('running no_requests');
  const id = await makeLineItem();
  await api.database.db
    .updateTable('creatives')
    .set({ approval: 'rejected' })
    .where('line_item_id', '=', id)
    .execute();
  expect(await judged(id)).toBe('idle not_approved');
});

it('tells what became of the requests of the last day', async () => {
  await ask(100, 'TW');
  const nowhere = await makeLineItem({ targeting: { on: 'country', in: ['AQ'] } });
  expect(await judged(nowhere)).toBe('running nothing_matches');
  const behind = await makeLineItem({ targeting: { on: 'country', in: ['TW'] } });
  expect(await judged(behind)).toBe('running lost');
  books.set(behind, standing('behind', 100 / 86_400));
  expect(await health(behind)).toMatchObject({
    ...{ state: 'behind', reason: 'lost', text: 'Others go before it.' },
    goal: { metric: 'impressions', amount: 1000, delivered: 100, planned: 200, state: 'behind' },
    lastDay: { requests: 100, matching: 100, won: 0, impressions: 0 },
  });
  books.set(behind, standing('behind', 10));
  expect(await judged(behind)).toBe('behind few_match');

  const capped = await makeLineItem({
    targeting: { on: 'country', in: ['DE'] },
    caps: [{ events: 1, per: { unit: 'day', count: 1 } }],
  });
  await ask(10, 'DE', '', capped);
  await ask(30, 'DE', 'capped');
  books.set(capped, standing('behind', 1 / 86_400));
  expect(await judged(capped)).toBe('behind capped');
  expect((await health(capped))['lastDay']).toMatchObject({ requests: 140, matching: 40, won: 10 });
  for (const state of ['ahead', 'reached'] as const) {
    books.set(capped, standing(state));
    expect(await judged(capped)).toBe(`${state} ${state}`);
  }
  books.set(capped, standing('on_plan'));
  expect(await judged(capped)).toBe('on_plan null');
});
