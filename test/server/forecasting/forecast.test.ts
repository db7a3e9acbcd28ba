import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { type ClickHouse, sampleRequests } from '../../../analytics/index.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { continentOf, isInEu } from '../../../geo-db/index.ts';
import type { Facts } from '../../../server/delivery/index.ts';
import { compileRule, matchesRule } from '../../../server/delivery/targeting/rule.ts';
import { forecastRoute } from '../../../server/forecasting/index.ts';
import { requestCondition } from '../../../server/forecasting/request-condition.ts';
import type { Targeting } from '../../../server/inventory/index.ts';
import { ReportMaker } from '../../../server/reporting/index.ts';
import { scratchDirectory, seededRandom, silent } from '../../analytics/clickhouse/support.ts';
import { pick } from '../../support/random.ts';
import { type Harness, startApi } from '../api/harness.ts';

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 10, 2, 9);
const forecastNow = nowMs + 365 * dayMs;
let clickhouse: ClickHouse;

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(clickhouse, silent);
});
afterAll(() => clickhouse.close());

describe('a targeting rule as a condition on stored requests', () => {
  const random = seededRandom(11);
  const requests = Array.from({ length: 400 }, (_, at): Facts => {
    const place = pick(
      [
        { country: 'TW', region: 'TW-TPE', city: 'Taipei' },
        { country: 'DE', region: 'DE-BY', city: 'Munich' },
        { country: 'US', region: 'US-CA', city: '' },
        { country: '', region: '', city: '' },
      ],
      random,
    );
    const { country } = place;
    const facts = pick(
      [
        { browser: 'Chrome', browserVersion: 120, os: 'Windows', osVersion: '10', device: 'desktop' },
        { browser: 'Mobile Safari', browserVersion: 17, os: 'iOS', osVersion: '17.4.1', device: 'mobile' },
        { browser: 'Mobile Safari', browserVersion: 0, os: 'iOS', osVersion: '', device: 'mobile' },
        { browser: '', browserVersion: 0, os: '', osVersion: '', device: '' },
      ],
      random,
    );
    return {
      location: {
        ...(country === '' ? {} : { country, region: place.region, city: place.city || undefined }),
        ...(country === '' ? {} : { continent: continentOf(country), isEu: isInEu(country) }),
        asn: pick([15169, 3320], random),
      } as Facts['location'],
      browser: { facts } as Facts['browser'],
      language: pick(['zh-tw', 'zh', 'zhx', 'de-de', ''], random),
      ...{ site: pick([1, 2], random), zone: pick([1, 2, 3], random) },
      nowMs: nowMs - dayMs + at * 200_000,
      page: pick(
        ['https://news.example/', 'https://news.example/sport/100%_a', 'http://b.example/x', ''],
        random,
      ),
      ...{
        referrer: '',
        keyValues: {},
        ownValues: new Map(),
        segments: pick([[], ['sport'], ['sport', 'food']], random),
      },
    };
  });
  const rules: Targeting[] = [
    { on: 'continent', in: ['EU', 'AS'] },
    { on: 'eu', in: ['yes'] },
    { on: 'eu', in: ['no'] },
    { on: 'country', in: ['TW', 'US'] },
    { on: 'country', notIn: ['TW'] },
    { on: 'region', in: ['DE-BY'] },
    { on: 'city', in: ['TW/Taipei', 'DE/Taipei'] },
    { on: 'asn', in: ['AS15169'] },
    { on: 'browser', in: ["Chrome'", 'Chrome'] },
    { on: 'os', notIn: ['iOS'] },
    { on: 'device', in: ['mobile', 'tablet'] },
    { on: 'language', in: ['zh'] },
    { on: 'site', notIn: ['2'] },
    { on: 'zone', in: ['1', '3'] },
    { on: 'page', in: ['news.example/*'] },
    { on: 'page', in: ['https://NEWS.example/sport/100%_*', 'b.example'] },
    { on: 'page', notIn: ['*example/x'] },
    { on: 'segment', in: ['food'] },
    { on: 'browserVersion', of: 'Mobile Safari', from: '17' },
    { on: 'browserVersion', of: 'Mobile Safari', from: '17.1' },
    { on: 'browserVersion', of: 'Mobile Safari', to: '17.1' },
    { on: 'osVersion', of: 'iOS', from: '17.4', to: '17.4' },
    { on: 'osVersion', of: 'iOS', from: '17.5' },
    { on: 'osVersion', of: 'Windows', to: '10' },
    { on: 'schedule', hours: [14, 15, 16], clock: 'Asia/Kolkata' },
    { on: 'schedule', weekdays: ['mon'], clock: 'Pacific/Auckland' },
  ];
  const combined = Array.from({ length: 40 }, (): Targeting => {
    const [a, b, c] = [pick(rules, random), pick(rules, random), pick(rules, random)];
    return pick(
      [{ and: [a, { or: [b, { not: c }] }] }, { not: { and: [a, b] } }, { or: [{ not: a }, b, c] }],
      random,
    );
  });

  it('counts what delivery would have let through', async () => {
    const rows = requests.map(({ location, browser: { facts }, ...of }, at) => ({
      ...{
        type: 'ad_request',
        id: at + 1,
        site: of.site,
        zone: of.zone,
        asn: location.asn,
        language: of.language,
      },
      time: new Date(of.nowMs).toISOString().replace('T', ' ').replace('Z', ''),
      origin: new Date(of.nowMs).toISOString().replace('T', ' ').replace('Z', ''),
      ...{ country: location.country ?? '', region: location.region ?? '', city: location.city ?? '' },
      ...{
        browser: facts.browser,
        browser_version: facts.browserVersion,
        os: facts.os,
        os_version: facts.osVersion,
      },
      ...{ device: facts.device, page: of.page, segments: of.segments },
    }));
    await clickhouse.command(
      `INSERT INTO events (${Object.keys(rows[0] ?? {}).join(', ')}) FORMAT JSONEachRow ${rows.map((row) => JSON.stringify(row)).join('\n')}`,
    );
    const all = [...rules, ...combined];
    const { counts } = await sampleRequests(
      clickhouse,
      {
        conditions: all.map(requestCondition),
        counts: [{ all: [] }, ...all.map((_, at) => ({ all: [at] }))],
      },
      nowMs,
    );
    const expected = all.map(
      (rule) => requests.filter((facts) => matchesRule(compileRule(rule, 1), facts)).length,
    );
    expect(counts).toEqual([requests.length, ...expected]);
    // Each tells some from others, so that a condition that is always true would show.
    for (const [at] of rules.entries())
      expect([rules[at], expected[at]]).not.toEqual([rules[at], requests.length]);
  });

  it('takes what is not stored as fulfilled, unless the rest says otherwise', async () => {
    const unknown: Targeting = { on: 'radius', latitude: 0, longitude: 0, km: 5 };
    const nowhere: Targeting = { on: 'country', in: ['AQ'] };
    const all: Targeting[] = [
      unknown,
      { not: unknown },
      { and: [unknown, nowhere] },
      { or: [unknown, nowhere] },
    ];
    const { counts } = await sampleRequests(
      clickhouse,
      { conditions: all.map(requestCondition), counts: all.map((_, at) => ({ all: [at] })) },
      nowMs,
    );
    expect(counts).toEqual([400, 400, 0, 400]);
  });
});

describe('the forecast of a draft', () => {
  let api: Harness;
  let zones: number[];

  /** For three weeks, each hour: 40 requests of zone 1, 20 of zone 2; of each ten, four are of TW, the others of DE. */
  beforeAll(async () => {
    const maker = new ReportMaker({ clickhouse, scratchDir: scratchDirectory(), now: () => forecastNow });
    api = await startApi((db) => [forecastRoute({ db, clickhouse, maker, now: () => forecastNow })]);
    const make = async (path: string, body: object) => Number((await api.call('POST', path, body)).body.id);
    const siteId = await make('/sites', { name: 'S', domain: 's.example' });
    zones = [
      await make('/zones', { siteId, name: 'A', sizes: [[300, 250]] }),
      await make('/zones', { siteId, name: 'B', sizes: [[728, 90]] }),
    ];
    const advertiserId = await make('/advertisers', { name: 'A' });
    const campaignId = await make('/campaigns', { advertiserId, name: 'C' });
    const house = await make('/line-items', { campaignId, name: 'House', type: 'house' });
    await make('/line-items', {
      ...{ campaignId, name: 'Later', type: 'sponsorship', share: 50 },
      startAt: new Date(forecastNow + 10 * dayMs).toISOString(),
      goal: { metric: 'impressions', amount: 24, per: 'day' },
      targeting: { on: 'country', in: ['TW', 'DE'] },
    });
    // Of ten requests two got nothing, four the house ad, four the ad of line item 999, which is a standard one.
    for (const [zone, each] of [
      [zones[0], 40],
      [zones[1], 20],
    ]) {
      const insert = (type: string, every: number) =>
        clickhouse.command(`INSERT INTO events (type, id, time, origin, site, zone, country, device, no_fill, line_item)
          SELECT '${type}', cityHash64(number, ${zone}), at, at, ${siteId}, ${zone}, if(number % 5 < 2, 'TW', 'DE'),
            if(intDiv(number, 5) % 2 = 0, 'mobile', 'desktop'),
            if(number % 10 < 2, 'targeting', ''), if(number % 10 < 2, 0, if(number % 10 < 6, ${house}, 999))
          FROM (SELECT number, fromUnixTimestamp64Milli(toInt64(${forecastNow - 21 * dayMs} + intDiv(number, ${each}) * 3600000), 'UTC') AS at
            FROM numbers(${21 * 24 * Number(each)}) WHERE number % ${every} = 0)`);
      await insert('ad_request', 1);
    }
    await clickhouse.command(`INSERT INTO events (type, id, time, origin, site, zone, country, device, line_item)
      SELECT 'impression', id, time, origin, site, zone, country, device, line_item FROM events
      WHERE type = 'ad_request' AND no_fill = '' AND origin >= fromUnixTimestamp64Milli(${forecastNow - 21 * dayMs}, 'UTC')`);
  });
  afterAll(() => api.close());

  interface Made {
    readonly days: readonly Record<string, number>[];
    readonly zoneRequests: number;
    readonly rules: readonly Record<string, unknown>[];
    readonly bookings: readonly object[];
    readonly fit: { readonly answer: string; readonly expected: number } | null;
    readonly notes: readonly string[];
  }
  const forecast = async (draft: object): Promise<Made> => {
    const { status, text, body } = await api.call('POST', '/forecasts', draft);
    expect([status, text]).toEqual([200, expect.any(String)]);
    return body as unknown as Made;
  };
  const near = (value: unknown, expected: number) => {
    expect(Number(value)).toBeGreaterThan(expected * 0.95);
    expect(Number(value)).toBeLessThan(expected * 1.05);
  };

  it('tells what each rule costs', async () => {
    const rule = { on: 'country', in: ['TW'] };
    const made = await forecast({
      sizes: [[300, 250]],
      targeting: { and: [rule, { on: 'device', in: ['mobile'] }, { on: 'keyValue', key: 'a', in: ['b'] }] },
    });
    near(made.zoneRequests, 960);
    expect(made.rules.map(({ path, words, known }) => [path, words, known])).toEqual([
      ['/and/0', 'country is TW', true],
      ['/and/1', 'device is mobile', true],
      ['/and/2', 'key a is b', false],
    ]);
    const expected = {
      matching: [384, 480, 960],
      remaining: [384, 192, 192],
      lost: [576, 192, 0],
      without: [480, 384, 192],
    };
    for (const [name, values] of Object.entries(expected)) {
      values.forEach((value, at) => {
        if (value === 0) expect(made.rules[at]?.[name]).toBe(0);
        else near(made.rules[at]?.[name], value);
      });
    }
    expect(made.notes.join(' ')).toContain('key a is b');
    near(made.days[3]?.['adRequests'], 192);
    const { impressionsLow = 0, impressions = 0, impressionsHigh = 0 } = made.days[3] ?? {};
    expect([impressionsLow < impressions, impressions < impressionsHigh]).toEqual([true, true]);
  });

  it('leaves out what is booked, and counts what goes behind as free', async () => {
    const of = async (draft: object) => (await forecast({ zones: [zones[0]], ...draft })).days;
    // Standard goes before the house ad: of ten requests it gets two without and four with an ad.
    near((await of({ type: 'standard' }))[3]?.['free'], 960 * 0.6);
    near((await of({ type: 'house' }))[3]?.['free'], 960 * 0.2);
    // From the eleventh day on, two thirds of what is booked are of this zone.
    const later = await of({ type: 'standard' });
    const [before = {}, after = {}] = [later[9], later[12]];
    expect(before['free']).toBeGreaterThan(Number(after['free']) + 10);
    const made = await forecast({ zones: [zones[0]] });
    expect(made.bookings).toEqual([{ lineItemId: expect.any(Number), name: 'Later', perDay: 16 }]);
    expect((await forecast({ type: 'sponsorship', lineItemId: 2 })).bookings).toEqual([]);
  });

  it('says whether a goal fits', async () => {
    const goal = (amount: number) => ({ metric: 'impressions', amount, per: 'flight' });
    const flight = { startAt: null, endAt: new Date(forecastNow + 5 * dayMs).toISOString() };
    const answer = async (amount: number) =>
      (await forecast({ zones: [zones[0]], goal: goal(amount), ...flight })).fit?.answer;
    expect(await answer(500)).toBe('yes');
    expect(await answer(2800)).toBe('tight');
    expect(await answer(9000)).toBe('no');
    expect((await forecast({})).fit).toBeNull();
  });

  it('refuses what does not fit, and knows nothing without history', async () => {
    const errors = async (draft: object) => [
      ...new Set((await api.call('POST', '/forecasts', draft)).body.errors?.map(({ path }) => path)),
    ];
    expect(await errors({ zones: [zones[0], 999_999] })).toEqual(['/zones/1']);
    expect(await errors({ endAt: '2020-01-01T00:00:00Z' })).toEqual(['/endAt']);
    expect(await errors({ targeting: { on: 'country', in: ['Taiwan'] } })).toEqual(['/targeting/in/0']);
    const none = await forecast({ sizes: [[1, 1]], goal: { metric: 'clicks', amount: 5, per: 'day' } });
    expect(none).toMatchObject({ days: [], zoneRequests: 0, fit: null });
  });
});
