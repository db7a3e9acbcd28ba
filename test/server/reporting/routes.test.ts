import { readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  AnalyticsError,
  type ClickHouse,
  migrateClickHouse,
  openClickHouse,
  shipSegments,
} from '../../../analytics/index.ts';
import { ReportMaker, reportRoutes } from '../../../server/reporting/index.ts';
import {
  hex,
  type Line,
  scratchDirectory,
  silent,
  writeSegment,
} from '../../analytics/clickhouse/support.ts';
import { ask, type Harness, startApi } from '../api/harness.ts';

const now = Date.UTC(2026, 10, 23, 12);
const minuteMs = 60_000;
let clickhouse: ClickHouse;
let api: Harness;
let scratch: string;
/** What the engine's calls end with in place of an answer. */
let failure: unknown;

/** The engine, with a switch that breaks it. */
function breakable(real: ClickHouse): ClickHouse {
  return {
    kind: real.kind,
    version: real.version,
    query: (...call) => (failure === undefined ? real.query(...call) : Promise.reject(failure)),
    queryFile: (...call) => (failure === undefined ? real.queryFile(...call) : Promise.reject(failure)),
    command: (...call) => real.command(...call),
    insertFile: (...call) => real.insertFile(...call),
    close: () => real.close(),
  };
}

beforeAll(async () => {
  const dataDir = scratchDirectory();
  const spoolDir = `${dataDir}/spool`;
  clickhouse = await openClickHouse({ url: undefined, dataDir, logger: silent });
  await migrateClickHouse(clickhouse, silent);
  const view = (id: number, visitor: number, country: string, time = now - minuteMs): Line => ({
    type: 'page_view',
    id: hex(id),
    time,
    visitor: hex(visitor),
    visitor_kind: 'daily',
    site: 1,
    country,
    browser: '=1+1',
  });
  writeSegment(spoolDir, 'views', [
    view(1, 1, 'TW'),
    view(2, 1, 'TW'),
    view(3, 2, 'TW'),
    view(4, 3, 'DE'),
    // 2026-11-16 in Taipei, still the 15th in UTC: before the default range of UTC.
    view(5, 4, 'JP', Date.UTC(2026, 10, 15, 17)),
  ]);
  await shipSegments({ clickhouse, spoolDir, logger: silent });
  scratch = `${dataDir}/scratch`;
  const maker = new ReportMaker({
    ...{ clickhouse: breakable(clickhouse), scratchDir: scratch },
    now: () => now,
  });
  api = await startApi(reportRoutes(maker, () => now));
});
afterEach(() => {
  failure = undefined;
});
afterAll(async () => {
  await api.close();
  await clickhouse.close();
});

interface ReportBody {
  readonly columns: readonly { readonly name: string }[];
  readonly rows: readonly Record<string, unknown>[];
  readonly totals: Record<string, unknown>;
  readonly [field: string]: unknown;
}
const get = (path: string) => api.call('GET', path);
async function reportOf(query: string): Promise<ReportBody> {
  const answer = await get(`/reports/visitors?${query}`);
  expect(answer.status).toBe(200);
  return answer.body as unknown as ReportBody;
}

describe('GET /reports', () => {
  it('tells what reports there are, with every column and its definition', async () => {
    const { status, body } = await get('/reports');
    expect(status).toBe(200);
    const items = body.items as unknown as {
      name: string;
      metrics: Record<'definition' | 'unit' | 'type', string>[];
    }[];
    expect(items.map(({ name }) => name)).toEqual(expect.arrayContaining(['visitors', 'traffic']));
    for (const { metrics } of items) {
      expect(metrics.length).toBeGreaterThan(0);
      for (const { definition, unit, type } of metrics) {
        expect(definition).toMatch(/\.$/);
        if (type !== 'text') expect(unit).toMatch(/\S/);
      }
    }
  });

  it('needs a key, as the reports themselves do', async () => {
    for (const path of ['/reports', '/reports/visitors', '/reports/none']) {
      expect((await ask(`${api.url}${path}`)).status).toBe(401);
    }
  });
});

describe('GET /reports/{name}', () => {
  it('is the report of the last seven days and today as JSON, where nothing else is asked', async () => {
    const report = await reportOf('');
    expect(report).toMatchObject({
      name: 'visitors',
      from: '2026-11-16T00:00:00.000Z',
      to: '2026-11-24T00:00:00.000Z',
      timeZone: 'UTC',
      totals: { pageViews: 4, visitors: 3 },
      truncated: false,
      finalUntil: expect.stringMatching(/^2026-11-23T/),
    });
  });

  it('has the dimensions and metrics that are asked for, in that order', async () => {
    const report = await reportOf('dimensions=country&metrics=visitors,pageViews');
    expect(report.columns.map(({ name }) => name)).toEqual(['country', 'visitors', 'pageViews']);
    expect(report.rows).toEqual([
      { country: 'TW', visitors: 2, pageViews: 3 },
      { country: 'DE', visitors: 1, pageViews: 1 },
    ]);
  });

  it('counts whole days of the time zone', async () => {
    expect((await reportOf('tz=Asia/Taipei')).totals).toMatchObject({ pageViews: 5 });
    const day = 'from=2026-11-16&to=2026-11-16';
    expect((await reportOf(`${day}&tz=Asia/Taipei`)).totals).toMatchObject({ pageViews: 1 });
    expect((await reportOf(day)).totals).toMatchObject({ pageViews: 0 });
  });

  it('counts only what the filter lets through, and says when rows were left out', async () => {
    const filter = encodeURIComponent('{"country":["DE","FR"]}');
    expect((await reportOf(`filter=${filter}`)).totals).toMatchObject({ pageViews: 1 });
    const one = await reportOf('dimensions=country&limit=1');
    expect([one.rows.length, one['truncated']]).toEqual([1, true]);
    expect(one.totals).toMatchObject({ pageViews: 4 });
  });

  it('is CSV to be kept as a file, named by its first day in its time zone', async () => {
    const query = 'dimensions=country&metrics=pageViews&format=csv&tz=Asia/Taipei&from=2026-11-16';
    const answer = await get(`/reports/visitors?${query}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe(
      'attachment; filename="visitors-2026-11-16_2026-11-23.csv"',
    );
    expect(answer.text).toBe('country,pageViews\r\nTW,3\r\nDE,1\r\nJP,1\r\n');
  });

  it('is CSV in which no cell is a formula', async () => {
    const answer = await get('/reports/traffic?dimensions=browser&metrics=pageViews&format=csv');
    expect(answer.text).toBe("browser,pageViews\r\n'=1+1,4\r\n");
  });

  it('filters in words of an address, and sorts by any column', async () => {
    const countries = async (query: string) =>
      (await reportOf(`dimensions=country&metrics=pageViews&${query}`)).rows.map((row) => row['country']);
    expect(await countries('filter=country!=DE,FR')).toEqual(['TW']);
    expect(await countries('filter=country%5E=D;site=1')).toEqual(['DE']);
    expect(await countries('filter=site=2')).toEqual([]);
    expect(await countries('sort=country')).toEqual(['DE', 'TW']);
    expect(await countries('sort=-pageViews')).toEqual(['TW', 'DE']);
    expect(await countries('sort=pageViews,-country')).toEqual(['DE', 'TW']);
  });

  it('says how many rows there are where a limit leaves some out', async () => {
    const { rows, truncated, totalRows } = await reportOf('dimensions=country&limit=1');
    expect([rows.length, truncated, totalRows]).toEqual([1, true, 2]);
    expect((await reportOf('dimensions=country'))['totalRows']).toBe(2);
    const file = await get('/reports/visitors?dimensions=country&limit=1&format=ndjson&metrics=pageViews');
    expect(file.text).toBe('{"country":"TW","pageViews":3}\n');
    expect(file.headers.get('signpost-total-rows')).toBe('2');
    expect(file.headers.get('signpost-truncated')).toBe('true');
    expect(file.headers.get('signpost-currency')).toBe('USD');
    const money = await get('/reports/delivery?metrics=spendMicros');
    expect(money.body).toMatchObject({ currency: 'USD', notes: ['Money is in USD.'] });
    const prices = await get('/reports/delivery?metrics=impressions,ecpmMicros&format=csv');
    expect(prices.text).toMatch(/^impressions,ecpmMicros,currency\r\n\d+,\d*,USD\r\n$/);
    expect(file.headers.get('signpost-final-until')).toMatch(/^2026-11-23T/);
  });

  it('puts the period before beside each number', async () => {
    const range = 'from=2026-11-23&to=2026-11-23&tz=Asia/Taipei&compare=previous&metrics=pageViews';
    const report = await reportOf(`${range}&dimensions=country&sort=-pageViewsChange`);
    expect(report.columns.map(({ name }) => name)).toEqual([
      ...['country', 'pageViews', 'pageViewsPrevious', 'pageViewsChange'],
    ]);
    expect(report['previous']).toEqual({ from: '2026-11-21T16:00:00.000Z', to: '2026-11-22T16:00:00.000Z' });
    expect(report.totals).toEqual({ pageViews: 4, pageViewsPrevious: 0, pageViewsChange: null });
    const week = 'from=2026-11-17&to=2026-11-23&tz=Asia/Taipei&compare=previous&metrics=pageViews';
    const csv = await get(`/reports/visitors?${week}&dimensions=country&format=csv`);
    expect(csv.text).toBe(
      'country,pageViews,pageViewsPrevious,pageViewsChange\r\nTW,3,0,\r\nDE,1,0,\r\nJP,0,1,-1\r\n',
    );
  });

  it.each([
    ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'PK'],
    ['parquet', 'application/vnd.apache.parquet', 'PAR1'],
  ])('is a file as %s', async (format, type, start) => {
    const answer = await get(`/reports/visitors?dimensions=country&format=${format}&from=2026-11-23`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(type);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="visitors-2026-11-23.${format}"`,
    );
    expect(answer.text.slice(0, start.length)).toBe(start);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('is not found where there is none of that name, and says which there are', async () => {
    for (const name of ['nothing', 'toString', '__proto__', '%00']) {
      const answer = await get(`/reports/${name}`);
      expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
      expect(answer.body.detail).toContain('visitors, traffic');
    }
  });

  it.each([
    ['from=yesterday', ['/from']],
    ['to=2026-02-30', ['/to']],
    ['from=2026-11-23&to=2026-11-22', ['/to']],
    ['from=1960-01-01', ['/from']],
    ['tz=Mars/Olympus', ['/tz']],
    ['tz=Mars/Olympus&from=x', ['/tz', '/from']],
    ['dimensions=planet', ['/dimensions/0']],
    ['dimensions=country,country', ['/dimensions/1']],
    ['metrics=luck', ['/metrics/0']],
    ['filter=nonsense', ['/filter']],
    [`filter=${encodeURIComponent('{"planet":["x"]}')}`, ['/filter/planet']],
    ['filter=planet=x', ['/filter/planet']],
    ['filter=site=x', ['/filter/site/values/0']],
    ['filter=site%5E=1', ['/filter/site']],
    ['sort=planet', ['/sort/0']],
    ['dimensions=country&sort=country,luckChange&compare=previous', ['/sort/1']],
    ['compare=next', ['/compare']],
    ['compare=previous&dimensions=day&from=2026-11-22T01:00Z&to=2026-11-23T01:00Z', ['/compare']],
    ['limit=0', ['/limit']],
    ['limit=many', ['/limit']],
    ['format=pdf', ['/format']],
  ])('with %s is refused with the field that is wrong', async (query, paths) => {
    const answer = await get(`/reports/visitors?${query}`);
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid_input']);
    expect(answer.body.errors?.map(({ path }) => path)).toEqual(paths);
  });

  it.each(['json', 'csv'])(
    'is unavailable as %s while ClickHouse is, and comes again with it',
    async (format) => {
      failure = new AnalyticsError('clickhouse_unavailable', 'ClickHouse does not answer.');
      const answer = await get(`/reports/visitors?format=${format}`);
      expect([answer.status, answer.body.code]).toEqual([503, 'clickhouse_unavailable']);
      expect(answer.body.detail).toBe('ClickHouse does not answer.');
      failure = undefined;
      expect((await get(`/reports/visitors?format=${format}`)).status).toBe(200);
    },
  );

  it('tells nothing of what broke inside', async () => {
    failure = new AnalyticsError('clickhouse_failed', 'Syntax error near secret_table');
    const answer = await get('/reports/visitors');
    expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
    expect(answer.text).not.toContain('secret_table');
    expect(api.log.at(-1)).toContain('secret_table');
  });
});
