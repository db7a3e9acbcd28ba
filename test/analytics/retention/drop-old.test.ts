import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { attributeConversions } from '../../../analytics/conversions/attribute.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { reports } from '../../../analytics/reports/registry.ts';
import { dropOld, retentionDue } from '../../../analytics/retention/drop-old.ts';
import { rollUp } from '../../../analytics/rollup/roll-up.ts';
import { shipSegments } from '../../../analytics/shipping/ship.ts';
import { storedTables } from '../../../analytics/stored-tables.ts';
import { markTraffic } from '../../../analytics/validity/mark-traffic.ts';
import { parseRates } from '../../../analytics/validity/rates.ts';
import { makeReversal } from '../../../analytics/validity/reversals.ts';
import {
  emptyTables,
  hex,
  type Line,
  scratchDirectory,
  scratchSpool,
  silent,
  writeSegment,
} from '../clickhouse/support.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** The first day with events; today is 40 days later. */
const first = Date.UTC(2026, 8, 20);
const today = first + 40 * day + 12 * hour;
let clickhouse: ClickHouse;
let shipped = 0;

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(clickhouse, silent);
});
beforeEach(() => emptyTables(clickhouse));
afterAll(() => clickhouse.close());

async function ship(lines: readonly Line[]): Promise<void> {
  const spoolDir = scratchSpool();
  shipped += 1;
  writeSegment(spoolDir, `retention-${shipped}`, lines);
  await shipSegments({ clickhouse, spoolDir, logger: silent });
}
const ad = { site: 1, zone: 2, advertiser: 3, campaign: 30, line_item: 4, creative: 5, visitor: hex(9) };
const event = (type: string, id: number, time: number, more: Partial<Line> = {}): Line => ({
  ...{ ...ad, type, id: hex(id), time, origin: time, country: 'TW' },
  ...more,
});
const action = {
  ...{ id: 1, advertiserId: 3, clickWindowMs: 30 * day, viewWindowMs: 6 * hour },
  ...{ counting: 'every' as const, currency: 'EUR' },
};

/** Three days with an impression, a click and a conversion each, twenty days apart. */
const threeDays = [0, 20, 40].flatMap((days) => {
  const at = first + days * day + 3 * hour;
  const id = days * 100 + 1;
  return [
    event('impression', id, at),
    event('click', id, at + 60_000),
    event('page_view', id, at + 1_000_000),
    event('conversion', id, at + hour, {
      ...{ visitor: hex(0), conversion_action: 1, value_micros: 1000 },
      ...{ decision: hex(id), decision_time: at },
    }),
  ];
});

async function makeNumbers(nowMs = today + hour): Promise<Record<string, number>> {
  const none = { clicks: [], impressions: [], networkClicks: parseRates('100/1h') };
  const common = { clickhouse, nowMs, logger: silent };
  const marks = await markTraffic({ ...common, rates: none });
  const rolled = await rollUp(common);
  const attributed = await attributeConversions({ ...common, actions: [action] });
  return {
    marks: marks.periods,
    rollups: rolled.periods,
    waiting: rolled.waiting + marks.waiting,
    attributed: attributed.periods,
  };
}
const retention = (eventsDays: number, rollupsDays = 3660, nowMs = today + hour) => ({
  ...{ clickhouse, nowMs, logger: silent, eventsDays, rollupsDays },
});
const report = async (nowMs = today + hour) => {
  const range = { from: new Date(first - day), to: new Date(today + day) };
  const made = (timeZone: string, dimensions: readonly string[]) =>
    reports.traffic.run({ clickhouse, now: new Date(nowMs) }, { ...range, timeZone, dimensions });
  const exact = await made('Asia/Kathmandu', ['hour', 'country']);
  const byTheHour = await made('UTC', ['hour', 'country', 'lineItem']);
  // Dimensions that are summed up by whole hours: at a quarter to, an hour of a dropped day goes where it begins.
  const { totals } = await made('Asia/Kathmandu', ['day', 'country', 'lineItem']);
  expect([exact.totals, byTheHour.totals]).toEqual([totals, totals]);
  return { totals, rows: [exact.rows, byTheHour.rows] };
};
const rowsOf = async (table: string) => {
  const [found] = await clickhouse.query<{ n: number }>(`SELECT count() AS n FROM ${table}`);
  return found?.n ?? 0;
};

it('the list of stored tables has every table of the migrations, and their columns', async () => {
  const found = await clickhouse.query<{ name: string; partition_key: string }>(
    `SELECT name, partition_key FROM system.tables
     WHERE database = currentDatabase() AND engine LIKE '%MergeTree' ORDER BY name`,
  );
  const listed = storedTables.map(({ name, partitions, column }) => ({
    name,
    partition_key:
      partitions === 'none' ? '' : `${partitions === 'days' ? 'toYYYYMMDD' : 'toYYYYMM'}(${column})`,
  }));
  expect(found).toEqual(listed.sort((a, b) => (a.name < b.name ? -1 : 1)));
});

describe('retention', () => {
  it('drops the raw events of old days, and reports stay what they were', async () => {
    await ship(threeDays);
    await makeNumbers();
    const before = await report();
    expect(before.totals).toMatchObject({ impressions: 3, clicks: 3, pageViews: 3, conversions: 3 });
    expect(await retentionDue(retention(15))).toEqual({
      days: 2,
      events: 8,
      waitingDays: 0,
      lateEvents: 0,
      // Who was seen in September: kept as long as the events.
      months: 1,
    });
    expect(await rowsOf('events')).toBe(12);
    expect(await dropOld(retention(15))).toEqual({
      days: 2,
      events: 8,
      waitingDays: 0,
      lateEvents: 0,
      months: 1,
    });
    expect(await rowsOf('events')).toBe(4);
    expect(await report()).toEqual(before);
    expect(await dropOld(retention(15))).toMatchObject({ days: 0, events: 0, lateEvents: 0 });
    // No job takes what is gone for something to be done.
    expect(await makeNumbers()).toEqual({ marks: 0, rollups: 0, waiting: 0, attributed: 0 });
    expect(await report()).toEqual(before);
  });

  it('keeps a day for as many whole days as it is told', async () => {
    await ship([event('page_view', 1, first)]);
    await makeNumbers();
    const nextDays = (days: number) => retention(10, 3660, first + days * day);
    expect(await retentionDue(nextDays(10))).toMatchObject({ days: 0, waitingDays: 0 });
    expect(await retentionDue(nextDays(11))).toMatchObject({ days: 1 });
  });

  it('keeps raw events whose numbers are not made, rollups as well as conversions', async () => {
    await ship(threeDays);
    expect(await dropOld(retention(15))).toMatchObject({ days: 0, waitingDays: 2 });
    await rollUp({ clickhouse, nowMs: today + hour, logger: silent });
    expect(await dropOld(retention(15))).toMatchObject({ days: 0, waitingDays: 2 });
    await makeNumbers();
    // One hour of the second day is stale again.
    await ship([event('page_view', 9000, first + 20 * day + 3 * hour)]);
    expect(await dropOld(retention(15))).toMatchObject({ days: 1, waitingDays: 1 });
    await makeNumbers();
    expect(await dropOld(retention(15))).toMatchObject({ days: 1, waitingDays: 0 });
    expect((await report()).totals).toMatchObject({ pageViews: 4, conversions: 3 });
  });

  it('does not count what comes for a dropped day, and drops it the next time', async () => {
    await ship(threeDays);
    await makeNumbers();
    await dropOld(retention(15));
    const before = await report();
    const late = first + 3 * hour;
    await ship([
      event('page_view', 501, late),
      event('click', 502, late + 5000),
      event('page_view', 503, late + 9 * hour),
      event('conversion', 504, late + hour, {
        visitor: hex(0),
        conversion_action: 1,
        decision: hex(1),
        decision_time: late,
      }),
    ]);
    expect(await report()).toEqual(before);
    expect(await makeNumbers()).toEqual({ marks: 0, rollups: 0, waiting: 0, attributed: 0 });
    expect(await report()).toEqual(before);
    expect(await retentionDue(retention(15))).toMatchObject({ lateEvents: 4 });
    expect(await dropOld(retention(15))).toMatchObject({ days: 0, lateEvents: 4 });
    expect(await rowsOf('events')).toBe(4);
    expect(await report()).toEqual(before);
  });

  it('leaves numbers of dropped days as they are when a reversal touches them', async () => {
    await ship(threeDays);
    await makeNumbers();
    await dropOld(retention(15));
    const before = await report();
    const all = { site: 0, lineItem: 0, network: '', asn: 0, note: '' };
    await makeReversal(clickhouse, { reason: 'bot', fromMs: first, toMs: today, ...all }, today);
    expect(await report()).toEqual(before);
    await makeNumbers();
    expect(await report()).toEqual(before);
  });

  it('finishes what a run that died has begun', async () => {
    await ship(threeDays);
    await makeNumbers();
    const before = await report();
    // It said so, and died before it dropped them; or half way through saying so.
    await clickhouse.command(
      `INSERT INTO dropped_periods SELECT period, sum(events), min(first), max(last) FROM period_events
       WHERE toDate(period) = '2026-09-20' GROUP BY period`,
    );
    expect(await report()).toEqual(before);
    await clickhouse.command(`INSERT INTO dropped_days SELECT toDate('2026-09-20'), 4, now64(3, 'UTC')`);
    expect(await report()).toEqual(before);
    await dropOld(retention(15));
    expect(await rowsOf('events')).toBe(4);
    expect(await report()).toEqual(before);
  });

  it('drops numbers by whole months, with what says that they count', async () => {
    await ship(threeDays);
    await makeNumbers();
    await dropOld(retention(15));
    const october = Date.UTC(2026, 9, 1);
    // October begins 29 days ago, and some hours more are kept with it.
    expect(await dropOld(retention(15, 29))).toMatchObject({ months: 0 });
    expect(await dropOld(retention(15, 28))).toMatchObject({ months: 6 });
    expect((await report()).totals).toMatchObject({ impressions: 2, pageViews: 2, conversions: 2 });
    for (const table of ['rollup_runs', 'mark_runs', 'conversion_runs', 'period_events', 'traffic_rollup']) {
      const [row] = await clickhouse.query<{ oldest: number }>(
        `SELECT toUnixTimestamp(min(period)) * 1000 AS oldest FROM ${table}`,
      );
      expect([table, (row?.oldest ?? 0) >= october]).toEqual([table, true]);
    }
    // Late even for its numbers.
    await ship([event('page_view', 700, first + 4 * hour)]);
    await makeNumbers();
    expect((await report()).totals).toMatchObject({ pageViews: 2 });
    await dropOld(retention(15, 28));
    expect((await report()).totals).toMatchObject({ pageViews: 2 });
    expect(await rowsOf('events')).toBe(4);
  });

  it('keeps marks as long as there are raw events of their month', async () => {
    const clicks = Array.from({ length: 6 }, (_, at) =>
      event('click', 100 + at, first + 10 * day + 11 * hour + at * 1000, {
        origin: first + 10 * day + 11 * hour,
      }),
    );
    await ship([event('page_view', 1, first), ...clicks]);
    await makeNumbers();
    expect(await rowsOf('event_marks')).toBeGreaterThan(0);
    expect(await dropOld(retention(35))).toMatchObject({ days: 1, months: 0 });
    expect(await rowsOf('event_marks')).toBeGreaterThan(0);
    await dropOld(retention(29));
    expect(await dropOld(retention(29, 3660, first + 60 * day))).toMatchObject({ months: 2 });
    expect(await rowsOf('event_marks')).toBe(0);
  });
});
