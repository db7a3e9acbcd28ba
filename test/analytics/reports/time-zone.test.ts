import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { knownTimeZone, timeExpressions, zoneParameters } from '../../../analytics/reports/time-zone.ts';
import { scratchDirectory, seededRandom, silent } from '../clickhouse/support.ts';
import { labelOf } from './oracle.ts';

let clickhouse: ClickHouse;

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
});
afterAll(() => clickhouse.close());

describe('days and hours', () => {
  it.each([
    'UTC',
    'Asia/Taipei',
    'Europe/Berlin',
    'America/Los_Angeles',
    'America/St_Johns',
    'Asia/Kolkata',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Pacific/Chatham',
    'Pacific/Apia',
    'Africa/Casablanca',
    'America/Coyhaique',
  ])('in %s are those of Intl, also around changes of the clocks', async (timeZone) => {
    const random = seededRandom(7);
    const zone = knownTimeZone(timeZone)!;
    const { day, hour, hourOrder } = timeExpressions('quarter');
    // Every quarter hour of 2026's usual change days, and others at random.
    const changes = [
      Date.UTC(2026, 2, 8),
      Date.UTC(2026, 2, 29),
      Date.UTC(2026, 3, 4),
      Date.UTC(2026, 9, 3),
      Date.UTC(2026, 9, 25),
      Date.UTC(2026, 10, 1),
    ];
    const times = changes.flatMap((start) => Array.from({ length: 192 }, (_, n) => start + n * 900_000));
    for (let i = 0; i < 500; i += 1) {
      times.push(Math.floor((Date.UTC(2015, 0) + random() * 12 * 31_557_600_000) / 900_000) * 900_000);
    }
    const rows = await clickhouse.query<{ time: number; day: string; hour: string; start: number }>(
      `SELECT toUnixTimestamp(quarter) * 1000 AS time, ${day} AS day, ${hour} AS hour, ${hourOrder} AS start
       FROM (SELECT toDateTime(arrayJoin({times:Array(UInt32)}), 'UTC') AS quarter)`,
      {
        times: times.map((time) => time / 1000),
        ...zoneParameters(zone, Date.UTC(2015, 0), Date.UTC(2028, 0)),
      },
    );
    expect(rows).toHaveLength(times.length);
    for (const row of rows) {
      expect([row.day, row.hour]).toEqual([
        labelOf(row.time, 'day', timeZone),
        labelOf(row.time, 'hour', timeZone),
      ]);
      expect(row.start * 1000).toBeLessThanOrEqual(row.time);
      expect(row.start * 1000).toBeGreaterThan(row.time - 3_600_000);
    }
  });
});
