import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import type { ClickHouse } from '../../../analytics/index.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { liveRoute, ReportMaker, savedReportRoutes, shareRoutes } from '../../../server/reporting/index.ts';
import { scratchDirectory, silent } from '../../analytics/clickhouse/support.ts';
import { type Answer, ask, type Harness, startApi } from '../api/harness.ts';

const dayMs = 86_400_000;
const kAnonymity = 10;
let nowMs = Date.UTC(2026, 10, 2, 9);
let clickhouse: ClickHouse;
let queries = 0;
let api: Harness;
let publisher: string;
let publisherId: number;

beforeAll(async () => {
  const real = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(real, silent);
  const query: ClickHouse['query'] = (...call) => {
    queries += 1;
    return real.query(...call);
  };
  clickhouse = new Proxy(real, {
    get: (of, name) => {
      if (name === 'query') return query;
      const value = Reflect.get(of, name) as unknown;
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });
  const now = () => nowMs;
  const maker = new ReportMaker({ clickhouse, scratchDir: scratchDirectory(), kAnonymity, now });
  api = await startApi((db) => [
    ...savedReportRoutes({ db, maker, now }),
    ...shareRoutes({ db, maker, now, kAnonymity }),
    liveRoute({ clickhouse, now }),
  ]);
  const [first] = [await make('/sites', { name: 'A', domain: 'a.example' })];
  await make('/sites', { name: 'B', domain: 'b.example' });
  publisherId = await make('/users', { name: 'P', role: 'publisher', sites: [first] });
  publisher = String((await api.call('POST', '/api-keys', { name: 'K', userId: publisherId })).body['key']);
  // Site 1: 40 visitors of TW, 12 of DE, 3 of FR; site 2: 30 of JP. All in the last ten minutes, one after the other.
  for (const [site, country, visitors] of [
    [1, 'TW', 40],
    [1, 'DE', 12],
    [1, 'FR', 3],
    [2, 'JP', 30],
  ] as const) {
    await real.command(`INSERT INTO events (type, id, time, origin, visitor, visitor_kind, site, country, page)
      SELECT 'page_view', cityHash64(number, '${country}'), at, at, cityHash64('v', intDiv(number, 2), '${country}'), 'daily', ${site},
        '${country}', 'https://${site}.example/'
      FROM (SELECT number, fromUnixTimestamp64Milli(toInt64(${nowMs - 600_000} + number * 1000), 'UTC') AS at FROM numbers(${visitors * 2}))`);
  }
});
afterAll(async () => {
  await api.close();
  await clickhouse.close();
});

const make = async (path: string, body: object) => Number((await api.call('POST', path, body)).body.id);
const as = (key: string) => ({ headers: { Authorization: `Bearer ${key}` } });
const byCountry = { dimensions: 'country', lastDays: 1, metrics: 'pageViews' };

async function share(body: object, key = api.key): Promise<Answer> {
  return api.call(
    'POST',
    '/report-shares',
    { name: 'Shared', report: 'visitors', query: byCountry, ...body },
    as(key),
  );
}
/** What somebody sees who has the link and nothing else. */
const read = (token: unknown) => ask(`${api.url}/shared-reports/${String(token)}`);
const rowsOf = ({ body }: Answer) => (body as unknown as { report: { rows: object[] } }).report.rows;

describe('a share link', () => {
  it('shows its report, with small groups put together with the smallest of the others', async () => {
    const { status, body, text } = await share({});
    expect([status, body['path'], body['token']]).toEqual([
      201,
      `/shared/${body['token']}`,
      expect.stringMatching(/^shr_/),
    ]);
    const shown = await read(body['token']);
    expect(rowsOf(shown)).toEqual([
      { country: 'TW', pageViews: 80 },
      { country: 'JP', pageViews: 60 },
      { country: 'other', pageViews: 30 },
    ]);
    expect(shown.text).not.toContain('FR');
    expect(shown.body).toMatchObject({ name: 'Shared', report: { totals: { pageViews: 170 } } });
    const listed = await api.call('GET', '/report-shares');
    expect(listed.text).not.toContain(String(body['token']).slice(4));
    expect(text).toContain(String(body['token']));
  });

  it('tells nothing of fewer people than that in all', async () => {
    const { body } = await share({ query: { ...byCountry, filter: 'country=FR' } });
    const shown = await read(body['token']);
    expect(rowsOf(shown)).toEqual([]);
    expect(shown.body).toMatchObject({ report: { totals: { pageViews: null } } });
  });

  it('keeps to what its maker saw', async () => {
    const { body } = await share({}, publisher);
    expect(rowsOf(await read(body['token']))).toEqual([
      { country: 'TW', pageViews: 80 },
      { country: 'other', pageViews: 30 },
    ]);
    expect((await share({ report: 'traffic' }, publisher)).status).toBe(404);
  });

  it('ends with its time, when it is revoked, and with its maker', async () => {
    const began = nowMs;
    const { body } = await share({ days: 2 }, publisher);
    const status = async () => (await read(body['token'])).status;
    expect(await status()).toBe(200);
    nowMs = began + 2 * dayMs - 1;
    expect(await status()).toBe(200);
    nowMs = began + 2 * dayMs;
    expect(await status()).toBe(404);
    nowMs = began;
    const patch = (to: string) => api.call('PATCH', `/users/${publisherId}`, { status: to });
    await patch('archived');
    expect(await status()).toBe(404);
    await patch('active');
    expect(await status()).toBe(200);
    for (const _ of [1, 2]) {
      expect((await api.call('DELETE', `/report-shares/${body.id}`, undefined, as(publisher))).status).toBe(
        204,
      );
    }
    const ended = await read(body['token']);
    const unknown = await read(`shr_${'x'.repeat(43)}`);
    expect([ended.status, ended.text]).toEqual([404, unknown.text]);
  });

  it('is made once a minute, however many look at it', async () => {
    const { body } = await share({});
    await read(body['token']);
    const before = queries;
    await Promise.all(Array.from({ length: 20 }, () => read(body['token'])));
    expect(queries).toBe(before);
  });

  it('is refused for what would tell of few', async () => {
    const errors = async (body: object) => (await share(body)).body.errors?.map(({ path }) => path);
    expect(await errors({ report: 'invalid-traffic', query: {} })).toEqual(['/report']);
    expect(await errors({ report: 'traffic', query: { dimensions: 'browser' } })).toEqual([
      '/query/dimensions',
    ]);
    expect(await errors({ report: 'traffic', query: { filter: 'city=Taipei' } })).toEqual([
      '/query/dimensions',
    ]);
    expect(await errors({ query: { ...byCountry, compare: 'previous' } })).toEqual(['/query/compare']);
    expect(await errors({ query: { dimensions: 'shoeSize' } })).toEqual(['/query/dimensions/0']);
    expect(await errors({ query: { lastDays: 2, from: '2026-11-01' } })).toEqual(['/query/lastDays']);
    expect((await share({ report: 'traffic', query: { dimensions: 'page' } })).status).toBe(201);
  });
});

describe('a saved report', () => {
  it("is one's own, unless it is shared with those who have the report", async () => {
    const body = { name: 'Mine', report: 'visitors', query: byCountry };
    const made = await api.call('POST', '/saved-reports', body, { headers: { 'Idempotency-Key': 'a' } });
    expect(made.body).toMatchObject({
      ...body,
      shared: false,
      own: true,
      query: { ...byCountry, tz: 'UTC' },
    });
    const path = `/saved-reports/${made.body.id}`;
    const theirs = () => api.call('GET', path, undefined, as(publisher));
    expect((await theirs()).status).toBe(404);
    const tag = made.headers.get('etag') ?? '';
    const patch = (change: object, init = {}) => api.call('PATCH', path, change, init);
    expect((await patch({ shared: true }, { headers: { 'If-Match': tag } })).status).toBe(200);
    expect((await patch({ shared: true }, { headers: { 'If-Match': tag } })).status).toBe(412);
    expect((await theirs()).body).toMatchObject({ name: 'Mine', own: false });
    expect((await api.call('PATCH', path, { name: 'x' }, as(publisher))).status).toBe(404);
    expect((await patch({ report: 'traffic' })).body).toMatchObject({ report: 'traffic' });
    expect((await theirs()).status).toBe(404);
    expect((await api.call('GET', '/saved-reports', undefined, as(publisher))).body.items).toEqual([]);
    expect((await patch({ query: { metrics: 'none' } })).body.errors?.[0]?.path).toBe('/query/metrics/0');
    expect((await api.call('DELETE', path)).status).toBe(204);
    expect((await api.call('GET', path)).status).toBe(404);
  });
});

describe('the live view', () => {
  interface Live {
    readonly minutes: readonly number[];
    readonly countries: readonly object[];
  }

  it('counts the last 30 minutes, once for all who look', async () => {
    const before = queries;
    const answers = await Promise.all(Array.from({ length: 50 }, () => api.call('GET', '/live-visitors')));
    expect(queries).toBe(before + 1);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const live = answers[0]?.body as unknown as Live;
    expect(live).toMatchObject({ at: new Date(nowMs).toISOString(), pageViews: 170, visitors: 85 });
    expect(live.minutes).toHaveLength(30);
    expect(live.minutes.reduce((sum, count) => sum + count, 0)).toBe(170);
    expect(live.countries.slice(0, 2)).toEqual([
      { country: 'TW', pageViews: 80, visitors: 40 },
      { country: 'JP', pageViews: 60, visitors: 30 },
    ]);
    nowMs += 5000;
    await api.call('GET', '/live-visitors');
    expect(queries).toBe(before + 2);
  });

  it('is of those whom the filters let through', async () => {
    const filtered = await api.call('GET', '/live-visitors?filter=country%3DTW,JP%3Bcountry!%3DJP');
    expect(filtered.body).toMatchObject({
      ...{ pageViews: 80, visitors: 40 },
      countries: [{ country: 'TW', pageViews: 80, visitors: 40 }],
    });
    const wrong = await api.call('GET', '/live-visitors?filter=weekday%3D1');
    expect([wrong.status, wrong.body.errors?.[0]?.path]).toEqual([422, '/filter/weekday']);
  });

  it('is of their own sites for publishers, and forgets what is older', async () => {
    const theirs = await api.call('GET', '/live-visitors', undefined, as(publisher));
    expect(theirs.body).toMatchObject({ pageViews: 110, pages: [{ page: 'https://1.example/' }] });
    nowMs += 40 * 60_000;
    const later = await api.call('GET', '/live-visitors');
    expect(later.body).toMatchObject({ pageViews: 0, visitors: 0, countries: [], pages: [] });
  });
});
