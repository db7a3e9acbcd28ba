import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import type { EventColumn } from '../../../analytics/events/columns.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { type ReportName, reports, runReport } from '../../../analytics/reports/registry.ts';
import type { ReportFilter } from '../../../analytics/reports/report.ts';
import { rollUp } from '../../../analytics/rollup/roll-up.ts';
import { shipSegments } from '../../../analytics/shipping/ship.ts';
import { scratchDirectory, seededRandom, silent, writeSegment } from '../clickhouse/support.ts';
import {
  labelOf,
  makeEvents,
  type OracleEvent,
  type TimeUnit,
  timeUnits,
  withoutDuplicates,
} from './oracle.ts';

const start = Date.UTC(2026, 9, 24, 3);
const now = new Date(start + 200 * 3_600_000);
const zones = ['UTC', 'Asia/Kathmandu', 'Europe/Berlin', 'America/St_Johns'];
let clickhouse: ClickHouse;
let events: OracleEvent[];

/** Everything else that an event can have, by its id, so that the events of one decision and their duplicates have the same. */
function furnished(event: OracleEvent): OracleEvent {
  const n = Number.parseInt(event.id, 16);
  const isAd = event.type !== 'page_view' && event.no_fill === '';
  const own: Partial<Record<EventColumn, string | number>> = {
    language: ['de', 'zh-tw', 'en-us'][n % 3] ?? '',
    page: event.type === 'page_view' || event.type === 'ad_request' ? `https://a.example/${n % 4}` : '',
    referrer: event.type === 'page_view' ? (['', 'b.example'][n % 2] ?? '') : '',
    os_version: String(n % 2),
    zone: event.type === 'page_view' ? 0 : event.zone,
    ...(isAd
      ? { advertiser: 1 + (n % 2), campaign: 1 + (n % 2), line_item: 1 + (n % 4), creative: 1 + (n % 8) }
      : { advertiser: 0, campaign: 0, line_item: 0, creative: 0 }),
    price_nanos: event.type === 'impression' ? 1_234_567 : event.type === 'click' ? 250_000_000 : 0,
  };
  return { ...event, ...own } as OracleEvent;
}

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(clickhouse, silent);
  events = makeEvents(seededRandom(77), 1200, start).map(furnished);
  const early = events.slice(0, Math.floor(events.length * 0.95));
  for (const [name, some, atMs] of [
    ['early', early, start + 45 * 3_600_000],
    // Late ones make hours and days stale that were made before.
    ['late', events.slice(early.length), undefined],
  ] as const) {
    const spoolDir = scratchDirectory();
    writeSegment(spoolDir, name, some);
    await shipSegments({ clickhouse, spoolDir, logger: silent });
    if (atMs !== undefined) await rollUp({ clickhouse, nowMs: atMs, logger: silent });
  }
});
afterAll(() => clickhouse.close());

const columnOf: Record<string, EventColumn> = {
  site: 'site',
  zone: 'zone',
  lineItem: 'line_item',
  creative: 'creative',
  noFillReason: 'no_fill',
  country: 'country',
  region: 'region',
  city: 'city',
  browser: 'browser',
  browserVersion: 'browser_version',
  os: 'os',
  osVersion: 'os_version',
  device: 'device',
  language: 'language',
  page: 'page',
  referrer: 'referrer',
};
const counted: Record<string, (event: OracleEvent) => number> = {
  pageViews: ({ type }) => Number(type === 'page_view'),
  adRequests: ({ type }) => Number(type === 'ad_request'),
  filled: ({ type, no_fill }) => Number(type === 'ad_request' && no_fill === ''),
  notFilled: ({ type, no_fill }) => Number(type === 'ad_request' && no_fill !== ''),
  impressions: ({ type }) => Number(type === 'impression'),
  viewableImpressions: ({ type }) => Number(type === 'viewable'),
  clicks: ({ type }) => Number(type === 'click'),
  spendMicros: (event) => (event.type === 'conversion' ? 0 : Number(event['price_nanos'] ?? 0) / 1000),
  revenueMicros: (event) => (event.type === 'conversion' ? 0 : Number(event['price_nanos'] ?? 0) / 1000),
};

const isTime = (name: string): name is TimeUnit => (timeUnits as readonly string[]).includes(name);

function valueIn(event: OracleEvent, dimension: string, timeZone: string): string {
  if (isTime(dimension)) return labelOf(event.time, dimension, timeZone);
  return String(event[columnOf[dimension] as EventColumn] ?? '');
}

function passes(
  event: OracleEvent,
  { dimension, operator, values }: ReportFilter,
  timeZone: string,
): boolean {
  const value = valueIn(event, dimension, timeZone);
  const begins = values.some((prefix) => value.startsWith(String(prefix)));
  if (operator === 'prefix' || operator === 'not_prefix') return begins === (operator === 'prefix');
  return values.map(String).includes(value) === (operator === 'eq' || operator === 'in');
}

describe('reports over random events', () => {
  it.each(Array.from({ length: 24 }, (_, seed) => seed))(
    'are right in every cell, whatever is asked of them (question %i)',
    async (seed) => {
      const random = seededRandom(1000 + seed);
      const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
      const name = pick<ReportName>(['traffic', 'delivery', 'inventory', 'visitors']);
      const known = reports[name].dimensions
        .map((dimension) => dimension.name)
        .filter((own) => own in columnOf);
      const metrics = reports[name].metrics.map((metric) => metric.name).filter((own) => own in counted);
      const dimensions = [...new Set([pick(known), ...(random() < 0.6 ? [pick(known)] : [])])];
      const unit = pick(['', ...timeUnits] as const);
      const timeZone = pick(zones);
      const from = start + Math.floor(random() * 30) * 3_600_000 + pick([0, 900_000, 12_345]);
      const to = from + Math.floor(1 + random() * 45) * 3_600_000 + pick([0, 2_700_000, 1]);
      const asked = pick([...known, 'hourOfDay', 'weekday']);
      const value = valueIn(pick(events), asked, timeZone);
      const operators = reports[name].dimensions.find((own) => own.name === asked)?.filters ?? [];
      const filters: ReportFilter[] =
        random() < 0.6 ? [{ dimension: asked, operator: pick(operators), values: [value] }] : [];
      const request = {
        from: new Date(from),
        to: new Date(to),
        timeZone,
        dimensions: unit === '' ? dimensions : [unit, ...dimensions],
        metrics,
        filters,
      };
      const expected = new Map<string, number[]>();
      const totals = metrics.map(() => 0);
      for (const event of withoutDuplicates(events)) {
        if (event.time < from || event.time >= to || event.type === 'conversion') continue;
        if (name === 'visitors' && event.type !== 'page_view') continue;
        if (!filters.every((filter) => passes(event, filter, timeZone))) continue;
        const key = request.dimensions.map((own) => valueIn(event, own, timeZone)).join('|');
        const cell = expected.get(key) ?? metrics.map(() => 0);
        metrics.forEach((metric, at) => {
          const more = counted[metric]?.(event) ?? 0;
          cell[at] = (cell[at] ?? 0) + more;
          totals[at] = (totals[at] ?? 0) + more;
        });
        expected.set(key, cell);
      }
      const made = await runReport({ clickhouse, now }, name, request);
      const cells = made.rows.map((row) => [
        request.dimensions.map((own) => String(row[own])).join('|'),
        metrics.map((metric) => Math.round(Number(row[metric]) * 1000) / 1000),
      ]);
      const what = `${name} ${JSON.stringify(request)} from ${made.readFrom}`;
      const rounded = [...expected].map(([key, cell]) => [
        key,
        cell.map((number) => Math.round(number * 1000) / 1000),
      ]);
      expect(new Map(cells as [string, number[]][]), what).toEqual(new Map(rounded as [string, number[]][]));
      expect(
        metrics.map((metric) => Math.round(Number(made.totals[metric]) * 1000) / 1000),
        what,
      ).toEqual(totals.map((number) => Math.round(number * 1000) / 1000));
    },
  );
});
