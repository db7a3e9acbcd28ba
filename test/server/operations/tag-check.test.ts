import { expect, it, onTestFinished } from 'vitest';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { tagCheckRoute } from '../../../server/operations/index.ts';
import { scratchDirectory, silent } from '../../analytics/clickhouse/support.ts';
import { startApi } from '../api/harness.ts';

it("tells where a zone's tag ran, and what is wrong there", async () => {
  const now = Date.UTC(2026, 10, 2, 9);
  const clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  onTestFinished(() => clickhouse.close());
  await migrateClickHouse(clickhouse, silent);
  const api = await startApi((db) => [tagCheckRoute({ db, clickhouse, now: () => now })]);
  onTestFinished(() => api.close());
  const site = await api.call('POST', '/sites', { name: 'S', domain: 'news.example' });
  const zone = await api.call('POST', '/zones', { siteId: site.body.id, name: 'Z', sizes: [[300, 250]] });
  const check = async (query = '') => {
    const { status, text, body } = await api.call('GET', `/zones/${zone.body.id}/tag-check${query}`);
    expect([status, text]).toEqual([200, expect.any(String)]);
    return body as unknown as {
      lastSeenAt: string | null;
      requests: number;
      pages: Record<string, unknown>[];
    };
  };
  expect(await check()).toEqual({ lastSeenAt: null, requests: 0, sizes: [[300, 250]], pages: [] });

  let id = 0;
  const insert = async (page: string, minutesAgo: number, types: readonly string[], fields: object = {}) => {
    id += 1;
    const time = new Date(now - minutesAgo * 60_000).toISOString().replace('T', ' ').replace('Z', '');
    const rows = types.map((type) => ({
      ...{ type, id, time, origin: time, zone: zone.body.id, ...fields },
      // As delivery writes them: only ad requests have the page.
      page: type === 'ad_request' ? page : '',
    }));
    const names = Object.keys(rows[0] ?? {}).join(', ');
    const lines = rows.map((row) => JSON.stringify(row)).join('\n');
    await clickhouse.command(`INSERT INTO events (${names}) FORMAT JSONEachRow ${lines}`);
  };
  const all = ['ad_request', 'impression', 'viewable'];
  await insert('https://www.news.example/a', 5, all);
  await insert('https://www.news.example/a', 9, ['ad_request'], { no_fill: 'targeting' });
  for (const ago of [20, 21, 22]) await insert('http://copy.example/', ago, ['ad_request']);
  for (const ago of [30, 31, 32]) await insert('https://news.example/low', ago, ['ad_request', 'impression']);
  await insert('', 40, ['ad_request'], { no_fill: 'no_creative_fits', invalid: 'bot' });
  await insert('https://news.example/old', 25 * 60, all);

  const found = await check();
  expect(found).toMatchObject({ lastSeenAt: new Date(now - 5 * 60_000).toISOString(), requests: 9 });
  expect(found.pages.map(({ page, problems }) => [page, problems])).toEqual([
    ['https://www.news.example/a', []],
    ['http://copy.example/', ['other_site', 'not_secure', 'never_rendered']],
    ['https://news.example/low', ['never_viewable']],
    ['', ['page_unknown', 'never_filled', 'not_counted']],
  ]);
  expect(found.pages[0]).toMatchObject({
    ...{ requests: 2, counted: 2, filled: 1, impressions: 1, viewable: 1, noFillReason: 'targeting' },
  });
  expect((await check('?hours=48')).pages.at(-1)?.['page']).toBe('https://news.example/old');
});
