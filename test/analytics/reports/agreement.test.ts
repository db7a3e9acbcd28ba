import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { reports } from '../../../analytics/reports/registry.ts';
import type { Report } from '../../../analytics/reports/report.ts';
import { rollUp } from '../../../analytics/rollup/roll-up.ts';
import { shipSegments } from '../../../analytics/shipping/ship.ts';
import {
  emptyTables,
  scratchDirectory,
  scratchSpool,
  seededRandom,
  silent,
  writeSegment,
} from '../clickhouse/support.ts';
import {
  type Counts,
  countTraffic,
  countVisitors,
  makeEvents,
  type OracleEvent,
  type OracleRequest,
  visitDuration,
} from './oracle.ts';

// Clocks go back in Berlin on 2026-10-25 at 01:00 UTC.
const start = Date.UTC(2026, 9, 24, 3);
const end = start + 80 * 3_600_000;
const now = new Date(end + 86_400_000);
let clickhouse: ClickHouse;

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(clickhouse, silent);
});
beforeEach(() => emptyTables(clickhouse));
afterAll(() => clickhouse.close());

async function ship(events: readonly OracleEvent[], random: () => number, name: string): Promise<void> {
  const spoolDir = scratchSpool();
  for (let at = 0, n = 0; at < events.length; n += 1) {
    const size = 1 + Math.floor(random() * 700);
    writeSegment(spoolDir, `${name}-${n}`, events.slice(at, at + size));
    at += size;
  }
  await shipSegments({ clickhouse, spoolDir, logger: silent });
}

const whole = { from: new Date(start), to: new Date(end) };
const odd = { from: new Date(start + 20 * 3_600_000 + 123_457), to: new Date(start + 31 * 3_600_000 - 1) };
const within = { from: new Date(start + 7_200_000 + 1), to: new Date(start + 7_200_000 + 700_000) };

function asCounts(report: Report): Counts {
  const dimensions = report.columns
    .filter((column) => column.kind === 'dimension')
    .map((column) => column.name);
  const counted = report.columns
    .filter(({ name, additive }) => additive === true || name === 'visitors')
    .map((column) => column.name);
  return Object.fromEntries(
    report.rows.map((row) => [
      dimensions.map((name) => row[name]).join('|'),
      Object.fromEntries(counted.map((name) => [name, row[name] as number])),
    ]),
  );
}

async function compareTraffic(events: readonly OracleEvent[], requests: readonly OracleRequest[]) {
  for (const request of requests) {
    const report = await reports.traffic.run({ clickhouse, now }, request);
    const expected = countTraffic(events, request);
    const name = JSON.stringify(request);
    if (request.dimensions.length > 0) expect(asCounts(report), name).toEqual(expected);
    const total = countTraffic(events, { ...request, dimensions: [] })[''];
    expect(report.totals, name).toMatchObject(total ?? { pageViews: 0, clicks: 0 });
    const clicks = report.rows.reduce((sum, row) => sum + Number(row['clicks']), 0);
    expect(clicks, name).toBe(report.totals['clicks']);
  }
}

const trafficRequests: OracleRequest[] = [
  { ...whole, timeZone: 'UTC', dimensions: [] },
  { ...whole, timeZone: 'Europe/Berlin', dimensions: ['hour'] },
  { ...whole, timeZone: 'Asia/Kathmandu', dimensions: ['day', 'country'] },
  { ...whole, timeZone: 'Australia/Lord_Howe', dimensions: ['hour'] },
  { ...odd, timeZone: 'Asia/Kolkata', dimensions: ['hour', 'site', 'zone'] },
  { ...odd, timeZone: 'America/St_Johns', dimensions: ['browser', 'browserVersion', 'os', 'device'] },
  { ...within, timeZone: 'UTC', dimensions: ['region'] },
];

describe('the traffic report', () => {
  it.each([1, 2, 3])(
    'says the same with rollups, without, and half made, and is right (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const events = makeEvents(random, 900, start);
      const early = events.slice(0, Math.floor(events.length * 0.8));
      await ship(early, random, `early-${seed}`);
      await compareTraffic(early, trafficRequests);

      // Only the first 30 hours are closed: the others are counted raw.
      const half = await rollUp({ clickhouse, nowMs: start + 30 * 3_600_000, logger: silent });
      expect(half.periods).toBeGreaterThan(20);
      await compareTraffic(early, trafficRequests);

      await rollUp({ clickhouse, nowMs: now.getTime(), logger: silent });
      await compareTraffic(early, trafficRequests.slice(0, 5));

      // Late events make the rollups of their hours invalid at once.
      await ship(events.slice(early.length), random, `late-${seed}`);
      await compareTraffic(events, trafficRequests);

      const again = await rollUp({ clickhouse, nowMs: now.getTime() + 1000, logger: silent });
      expect(again.periods).toBeGreaterThan(0);
      await compareTraffic(events, trafficRequests);
    },
  );

  it('is read from the rollup where that is valid', async () => {
    const random = seededRandom(9);
    const events = makeEvents(random, 200, start);
    await ship(events, random, 'from-rollup');
    await rollUp({ clickhouse, nowMs: now.getTime(), logger: silent });
    await clickhouse.command('TRUNCATE TABLE events');
    await compareTraffic(events, trafficRequests.slice(0, 4));
  });

  it('filters by dimensions and gives rates', async () => {
    const random = seededRandom(5);
    const events = makeEvents(random, 300, start);
    await ship(events, random, 'filter');
    const request = { ...whole, timeZone: 'UTC', dimensions: ['country'] };
    const report = await reports.traffic.run(
      { clickhouse, now },
      {
        ...request,
        filters: [
          { dimension: 'country', operator: 'in', values: ['DE', 'TW'] },
          { dimension: 'zone', operator: 'eq', values: [11] },
        ],
      },
    );
    const first = events.filter((event) => event.zone === 11);
    const expected = countTraffic(first, request);
    expect(asCounts(report)).toEqual({ DE: expected['DE'], TW: expected['TW'] });
    const { filled, adRequests, fillRate } = report.totals as Record<string, number>;
    expect(fillRate).toBeCloseTo((filled ?? 0) / (adRequests ?? 0), 12);
  });
});

describe('the visitors report', () => {
  const allButEstimates = ['pageViews', 'visits', 'exits', 'bounces', 'visitDurationMs'];
  const requests: OracleRequest[] = [
    { ...whole, timeZone: 'UTC', dimensions: [] },
    { ...whole, timeZone: 'UTC', dimensions: ['country'] },
    { ...whole, timeZone: 'Asia/Taipei', dimensions: ['country', 'region', 'city'] },
    { ...whole, timeZone: 'Asia/Kolkata', dimensions: ['day'] },
    { ...odd, timeZone: 'Europe/Berlin', dimensions: ['hour', 'country'] },
    { ...odd, timeZone: 'UTC', dimensions: ['city'] },
    { ...whole, timeZone: 'Asia/Kathmandu', dimensions: ['day', 'country'] },
    { ...whole, timeZone: 'Europe/Berlin', dimensions: ['day', 'site'] },
  ];

  async function compare(events: readonly OracleEvent[], asked: readonly OracleRequest[] = requests) {
    for (const request of asked) {
      const metrics = [...allButEstimates, 'visitors'];
      const report = await reports.visitors.run({ clickhouse, now }, { ...request, metrics });
      const name = JSON.stringify(request);
      expect(asCounts(report), name).toEqual(countVisitors(events, request));
      const total = countVisitors(events, { ...request, dimensions: [] })[''];
      expect(report.totals, name).toMatchObject(total ?? {});
      expect(report.totals['visitDurationMs'], name).toBe(Math.round(visitDuration(events, request)));
      for (const { name: metric, additive } of report.columns.filter(({ additive: adds }) => adds)) {
        expect(additive).toBe(true);
        const sum = report.rows.reduce((all, row) => all + Number(row[metric]), 0);
        expect(sum, `${name} ${metric}`).toBe(report.totals[metric]);
      }
    }
  }

  it.each([11, 12])(
    'equals an independent count, with rollups, without and half made (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const events = makeEvents(random, 1500, start);
      const early = events.slice(0, 1800);
      await ship(early, random, `visitors-${seed}`);
      await compare(early, requests.slice(0, 3));
      await rollUp({ clickhouse, nowMs: start + 30 * 3_600_000, logger: silent });
      await compare(early);
      await rollUp({ clickhouse, nowMs: now.getTime(), logger: silent });
      await compare(early);
      await ship(events.slice(early.length), random, `visitors-late-${seed}`);
      await compare(events, requests.slice(2, 5));
      await rollUp({ clickhouse, nowMs: now.getTime() + 1000, logger: silent });
      await compare(events);
    },
  );

  it('means the same by a visitor with a filter as without', async () => {
    const random = seededRandom(13);
    await ship(makeEvents(random, 600, start), random, 'visitor-filter');
    const request = { ...whole, timeZone: 'UTC', dimensions: ['country'] };
    const all = await reports.visitors.run({ clickhouse, now }, request);
    const one = await reports.visitors.run(
      { clickhouse, now },
      { ...request, filters: [{ dimension: 'country', operator: 'eq', values: ['DE'] }] },
    );
    const row = all.rows.find((other) => other['country'] === 'DE');
    expect(one.rows).toEqual([row]);
    const { country: _, ...numbers } = row ?? {};
    expect(one.totals).toEqual(numbers);
  });

  it('looks at the page views of the chosen sites alone', async () => {
    const random = seededRandom(14);
    const events = makeEvents(random, 600, start);
    await ship(events, random, 'visitor-sites');
    const site = events.find((event) => event.type === 'page_view')?.site ?? 0;
    const request = { ...whole, timeZone: 'UTC', dimensions: ['country'] };
    const report = await reports.visitors.run(
      { clickhouse, now },
      {
        ...request,
        metrics: [...allButEstimates, 'visitors'],
        filters: [{ dimension: 'site', operator: 'eq', values: [site] }],
      },
    );
    const ofSite = events.filter((event) => event.site === site);
    expect(ofSite.length).toBeLessThan(events.length);
    expect(asCounts(report)).toEqual(countVisitors(ofSite, request));
  });
});
