import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSnapshot, TimeSlices } from '../../server/inventory/index.ts';
import { locatedAddresses } from '../support/addresses.ts';
import { seededRandom } from '../support/random.ts';
import { type Signpost, startSignpost, until } from '../support/signpost.ts';
import { httpClient } from './http-client.ts';
import { offline } from './offline.ts';
import { browsers } from './replay/browsers.ts';
import {
  type Client,
  type CountedEvent,
  countTraffic,
  countVisitors,
  type TrafficCounts,
} from './replay/count.ts';
import { countriesWithKnownRegions, knownRegion } from './replay/regions.ts';
import { type ReplayResult, replay } from './replay/traffic.ts';

/**
 * The main job, end to end: the built product serves a replay of 50,000 requests, and what its reports say is compared
 * with a count that is made here, without any of the product's code.
 */
const requests = 50_000;
const dayMs = 86_400_000;
const random = seededRandom(2026);
const addresses = locatedAddresses(5000, random);
const people: Client[] = addresses.flatMap((place, index) => {
  const all = browsers(20);
  const own = { place, browser: all[index % all.length] as Client['browser'] };
  const second = {
    place,
    browser: all[(index + 1 + Math.floor(random() * 19)) % all.length] as Client['browser'],
  };
  return random() < 0.5 ? [own] : [own, second];
});

interface Report {
  readonly columns: readonly { readonly name: string; readonly kind: string }[];
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
  readonly totals: Readonly<Record<string, number | null>>;
}

let signpost: Signpost;
let result: ReplayResult;
let events: readonly CountedEvent[];

beforeAll(async () => {
  // Its clients click and look as often as they like, and from data centers too: what is invalid has tests of its own.
  const noRates = { CLICK_RATES: 'none', IMPRESSION_RATES: 'none', NETWORK_CLICK_RATES: 'none' };
  signpost = await startSignpost({ env: { WORKERS: '2', HOSTING_ASNS: 'none', ...noRates } });
  const { site, filledZone, emptyZone } = await makeZones();
  const http = httpClient(64);
  try {
    result = await replay({
      http,
      origin: signpost.delivery,
      site,
      filledZone,
      emptyZone,
      clients: people,
      random,
      requests,
      concurrency: 48,
    });
    events = result.events;
    await signpost.shipped();
  } finally {
    http.close();
  }
}, 600_000);

afterAll(() => signpost?.dispose());

/** On the demo site, which alone shows the demo ads: a zone that all of them fit and one that none fits. */
async function makeZones(): Promise<{ site: number; filledZone: number; emptyZone: number }> {
  const create = async (path: string, body: unknown) =>
    (await signpost.json<{ id: number }>(path, { method: 'POST', body })).id;
  const { items } = await signpost.json<{ items: { id: number }[] }>('/sites');
  const site = items[0]?.id as number;
  const filledZone = await create('/zones', { siteId: site, name: 'Sidebar', sizes: [[300, 250]] });
  const emptyZone = await create('/zones', { siteId: site, name: 'Odd', sizes: [[123, 45]] });
  const file = join(signpost.dataDir, 'snapshot.jsonl');
  let inARow = 0;
  // Each time on a new connection, which either worker may take.
  await until('the workers know the new zones', 30_000, async () => {
    const snapshot = await readSnapshot(readFileSync(file), new TimeSlices(1000));
    const ready = await fetch(`${signpost.delivery}/readyz`, { headers: { Connection: 'close' } });
    const known = (await ready.text()).includes(`Version ${snapshot.version},`);
    inARow = known && snapshot.zones.some(({ id }) => id === emptyZone) ? inARow + 1 : 0;
    return inARow === 20;
  });
  return { site, filledZone, emptyZone };
}

async function report(name: string, query: Readonly<Record<string, string>>): Promise<Report> {
  const day = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);
  const from = day((events[0] as CountedEvent).atMs - dayMs);
  const to = day((events.at(-1) as CountedEvent).atMs + dayMs);
  const path = `/reports/${name}?${new URLSearchParams({ from, to, ...query })}`;
  const json = await signpost.json<Report>(path);
  expect(csvRows(await (await signpost.api(`${path}&format=csv`)).text())).toEqual(
    json.rows.map((row) => Object.values(row).map((value) => (value === null ? '' : String(value)))),
  );
  return json;
}

/** No value of these reports holds a comma or a quotation mark, which this would show. */
function csvRows(text: string): string[][] {
  return text
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(','));
}

/** The metrics of a report's rows by their dimensions' values. */
function byKey({ columns, rows }: Report): Map<string, Record<string, number | null>> {
  const names = (kind: string) => columns.filter((column) => column.kind === kind).map(({ name }) => name);
  const entries = rows.map((row) => [
    names('dimension')
      .map((name) => row[name])
      .join(' '),
    Object.fromEntries(names('metric').map((name) => [name, row[name] ?? null])),
  ]);
  return new Map(entries as [string, Record<string, number>][]);
}

const everything = () => '';

/** The start of the event's hour or day in a zone, as the reports write it. */
function timeKey(
  unit: 'day' | 'hour',
  offsetMinutes: number,
  written: string,
): (event: CountedEvent) => string {
  return ({ atMs }) => {
    const local = new Date(atMs + offsetMinutes * 60_000).toISOString();
    return unit === 'day' ? local.slice(0, 10) : `${local.slice(0, 13)}:00${written}`;
  };
}

const trafficBy: readonly [string, string, (event: CountedEvent) => string][] = [
  ['day', 'UTC', timeKey('day', 0, '')],
  ['hour', 'UTC', timeKey('hour', 0, '+00:00')],
  ['day', 'Asia/Kathmandu', timeKey('day', 345, '')],
  ['hour', 'Asia/Kathmandu', timeKey('hour', 345, '+05:45')],
  ['browser', 'UTC', ({ client }) => client.browser.name],
  ['os', 'UTC', ({ client }) => client.browser.os],
  ['device', 'UTC', ({ client }) => client.browser.device],
  ['country', 'Asia/Kathmandu', ({ client }) => client.place.country],
];

interface VisitorCounts {
  readonly pageViews: number;
  readonly visits: number;
  readonly visitors: number;
}

/** What was made, with the visitors that were counted in place of those that are within the sketches' error of them. */
function withinError<Made>(
  made: Map<string, Made>,
  counted: ReadonlyMap<string, VisitorCounts>,
): Map<string, Made> {
  return new Map(
    [...made].map(([key, row]) => {
      const visitors = Number((row as VisitorCounts).visitors);
      const known = counted.get(key)?.visitors ?? Number.NaN;
      return [key, Math.abs(visitors - known) <= known * 0.015 ? { ...row, visitors: known } : row];
    }),
  );
}

async function expectVisitorsToAgree(): Promise<void> {
  const byCountry = await report('visitors', { dimensions: 'country' });
  const counted = countVisitors(events, ({ client }) => client.place.country);
  expect(withinError(byKey(byCountry), counted)).toEqual(counted);
  const total = countVisitors(events, everything);
  expect(withinError(new Map([['', byCountry.totals]]), total)).toEqual(total);

  const byRegion = await report('visitors', { dimensions: 'country,region' });
  expect(byRegion.totals).toEqual(byCountry.totals);
  const sums = new Map<string, { pageViews: number; visits: number; visitors: number }>();
  for (const { country, pageViews, visits, visitors } of byRegion.rows) {
    const sum = sums.get(String(country)) ?? { pageViews: 0, visits: 0, visitors: 0 };
    sum.pageViews += Number(pageViews);
    sum.visits += Number(visits);
    sum.visitors += Number(visitors);
    sums.set(String(country), sum);
  }
  expect(withinError(sums, counted)).toEqual(counted);

  const known = events.filter(({ client }) => countriesWithKnownRegions.includes(client.place.country));
  const knownRows = byRegion.rows.filter(({ country }) =>
    countriesWithKnownRegions.includes(String(country)),
  );
  const ofRegions = countVisitors(known, ({ client: { place } }) => `${place.country} ${knownRegion(place)}`);
  expect(withinError(byKey({ ...byRegion, rows: knownRows }), ofRegions)).toEqual(ofRegions);
}

async function expectTrafficToAgree(): Promise<void> {
  const totals = countTraffic(events, everything).get('') as TrafficCounts;
  for (const [dimension, tz, keyOf] of trafficBy) {
    const made = await report('traffic', { dimensions: dimension, tz });
    expect(byKey(made), `${dimension} in ${tz}`).toEqual(countTraffic(events, keyOf));
    expect(made.totals).toEqual(totals);
  }
}

describe('a replay of 50,000 requests', { timeout: 120_000 }, () => {
  it('has what the issue asks for: addresses, countries, browsers, repetitions, refusals, no fills', () => {
    const counts = countTraffic(events, everything).get('') as TrafficCounts;
    expect(result.requests).toBeGreaterThanOrEqual(requests);
    expect(new Set(events.map(({ client }) => client.place.address)).size).toBe(5000);
    expect(new Set(events.map(({ client }) => client.place.country)).size).toBeGreaterThanOrEqual(60);
    expect(new Set(events.map(({ client }) => client.browser.userAgent)).size).toBe(20);
    expect(result.repeated).toBeGreaterThan(1000);
    expect(result.refused).toBeGreaterThan(100);
    expect(counts.adRequests - counts.filled).toBeGreaterThan(1000);
    expect(counts.clicks).toBeGreaterThan(300);
  });

  it('shows each visitor the ad of their region', () => {
    const ads = new Map<string, Set<number>>();
    for (const [{ place }, shown] of result.shown) {
      const region = ['TW', 'DE Bavaria', 'US California'].find((name) =>
        `${place.country} ${place.stateName}`.startsWith(name),
      );
      const known = ads.get(region ?? 'elsewhere') ?? new Set();
      for (const creative of shown) known.add(creative);
      ads.set(region ?? 'elsewhere', known);
    }
    expect([...ads.keys()].sort()).toEqual(['DE Bavaria', 'TW', 'US California', 'elsewhere']);
    expect([...ads.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1]);
    expect(new Set([...ads.values()].flatMap((shown) => [...shown])).size).toBe(4);
  });

  it('is in the visitors report to the last number, by country and by region', expectVisitorsToAgree);

  it(
    'is in the traffic report to the last number, by time in two zones, browser, system and device',
    expectTrafficToAgree,
  );

  it('is the same after the rollup job has run', async () => {
    const run = await signpost.json<{ outcome: string }>('/jobs/rollup/runs', { method: 'POST' });
    expect(run.outcome).toBe('succeeded');
    await expectVisitorsToAgree();
    await expectTrafficToAgree();
  });

  // An hour is summed up when it is over: here it is so two hours ahead of time.
  it('is the same when its hours are over, and reports are made of their sums', async () => {
    await signpost.stop();
    const made = await offline({
      dataDir: signpost.dataDir,
      rollUpAtMs: Date.now() + 2 * 3_600_000,
      queries: [
        'SELECT count() AS events FROM events',
        "SELECT count() AS open FROM period_events WHERE period NOT IN (SELECT period FROM rollup_runs WHERE state = 'done')",
      ],
    });
    expect(made.results[0]).toEqual([{ events: made.rolledUp?.events }]);
    expect(made.results[1]).toEqual([{ open: 0 }]);
    await signpost.restart();
    await expectVisitorsToAgree();
    await expectTrafficToAgree();
  });
});
