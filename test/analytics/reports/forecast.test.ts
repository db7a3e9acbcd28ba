import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { forecastDays } from '../../../analytics/reports/forecast-days.ts';
import { runReport } from '../../../analytics/reports/registry.ts';
import { scratchDirectory, seededRandom, silent } from '../clickhouse/support.ts';

const weekly = [1, 1.1, 1.2, 1.1, 1, 0.5, 0.4];

/** Daily counts with a weekly pattern and noise of 5 %. */
function series(days: number, random: () => number, growth = 0): number[] {
  return Array.from({ length: days }, (_, day) => {
    const noise = random() + random() + random() - 1.5;
    return Math.round(10_000 * (1 + growth * day) * (weekly[day % 7] ?? 1) * (1 + 0.1 * noise));
  });
}

describe('forecastDays', () => {
  it('follows the week, and nine of ten days lie within the interval', () => {
    let inside = 0;
    let all = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const counts = series(56 + 30, seededRandom(seed));
      const made = forecastDays(counts.slice(0, 56), 30);
      made.forEach(({ expected, low, high }, ahead) => {
        const truth = counts[56 + ahead] ?? 0;
        expect(Math.abs(expected / truth - 1)).toBeLessThan(0.35);
        if (truth >= low && truth <= high) inside++;
        all++;
      });
      const sums = [
        made.reduce((sum, { expected }) => sum + expected, 0),
        counts.slice(56).reduce((a, b) => a + b, 0),
      ];
      expect(Math.abs((sums[0] ?? 0) / (sums[1] ?? 1) - 1)).toBeLessThan(0.06);
    }
    expect(inside / all).toBeGreaterThan(0.87);
    expect(inside / all).toBeLessThan(0.99);
  });

  it('goes with a level that changes, and says of nothing that nothing comes', () => {
    const grown = series(56, seededRandom(5), 0.02);
    const made = forecastDays(grown, 7).reduce((sum, { expected }) => sum + expected, 0);
    const lastWeek = grown.slice(-7).reduce((sum, count) => sum + count, 0);
    expect(made / lastWeek).toBeGreaterThan(0.85);
    expect(made / lastWeek).toBeLessThan(1.2);
    expect(forecastDays(new Array(30).fill(0), 2)).toEqual([
      { expected: 0, low: 0, high: 0 },
      { expected: 0, low: 0, high: 0 },
    ]);
  });
});

describe('the forecast report', () => {
  const hour = 3_600_000;
  const now = new Date(Date.UTC(2026, 10, 2, 9));
  let clickhouse: ClickHouse;

  // Clocks go back in Berlin on 2026-10-25. Each hour has ten requests of Germans, eight of them filled, and four impressions.
  beforeAll(async () => {
    clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
    await migrateClickHouse(clickhouse, silent);
    const insert = (type: string, each: number, noFill: string) =>
      clickhouse.command(`INSERT INTO events (type, id, time, origin, site, zone, country, no_fill)
        SELECT '${type}', cityHash64(number, '${type}'), at, at, 1, 1, 'DE', ${noFill}
        FROM (SELECT number, fromUnixTimestamp64Milli(toInt64(${now.getTime() - 21 * 24 * hour} + intDiv(number, ${each}) * ${hour}), 'UTC') AS at
          FROM numbers(${21 * 24 * each}))`);
    await insert('ad_request', 10, "if(number % 10 < 8, '', 'targeting')");
    await insert('impression', 4, "''");
  });
  afterAll(() => clickhouse.close());

  const range = { from: now, to: new Date(now.getTime() + hour), timeZone: 'Europe/Berlin' };

  it('gives the next 30 days for a targeting', async () => {
    const made = await runReport({ clickhouse, now }, 'forecast', {
      ...range,
      filters: [{ dimension: 'country', operator: 'eq', values: ['DE'] }],
    });
    expect(made.rows).toHaveLength(30);
    expect(made.rows[0]?.['day']).toBe('2026-11-02');
    expect(made.rows[29]?.['day']).toBe('2026-12-01');
    const { adRequests, impressions, freeImpressions } = made.rows[3] as Record<string, number>;
    expect(Math.abs((adRequests ?? 0) - 240)).toBeLessThan(6);
    expect((impressions ?? 0) / (adRequests ?? 1)).toBeCloseTo(0.5, 1);
    expect((freeImpressions ?? 0) / (impressions ?? 1)).toBeCloseTo(0.2, 1);
    expect(made.totals['adRequests']).toBe(
      made.rows.reduce((sum, row) => sum + Number(row['adRequests']), 0),
    );
    expect(made.totals['adRequestsLow']).toBeNull();
  });

  it('says when there is not enough to go by, and refuses other dimensions', async () => {
    const none = await runReport({ clickhouse, now }, 'forecast', {
      ...range,
      filters: [{ dimension: 'country', operator: 'eq', values: ['FR'] }],
    });
    expect(none.rows).toEqual([]);
    expect(none.notes.join(' ')).toMatch(/0 days/);
    await expect(
      runReport({ clickhouse, now }, 'forecast', { ...range, dimensions: ['country'] }),
    ).rejects.toMatchObject({ code: 'report_invalid' });
  });
});
