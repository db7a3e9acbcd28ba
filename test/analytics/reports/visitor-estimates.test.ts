import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { runReport } from '../../../analytics/reports/registry.ts';
import { rollUp } from '../../../analytics/rollup/roll-up.ts';
import { scratchDirectory, silent } from '../clickhouse/support.ts';

const dayMs = 86_400_000;
const start = Date.UTC(2026, 8, 1);
const days = 14;
const people = 100_000;
const now = new Date(start + (days + 2) * dayMs);
const range = { from: new Date(start), to: new Date(start + days * dayMs), timeZone: 'UTC' };
const metrics = ['visitors', 'visitorsCounted', 'visitorsEstimated', 'visitorsLow', 'visitorsHigh'];
let clickhouse: ClickHouse;

/** Of each person: country, whether a cookie is allowed, and the chance to come on a day, from rare to daily. */
const persons = `SELECT number AS person, ['DE', 'TW', 'US', 'BR'][1 + number % 4] AS country,
    cityHash64(number, 'consent') % 10 < 3 AS consented,
    pow((cityHash64(number, 'habit') % 10007) / 10007, 3 + number % 3) AS habit
  FROM numbers(${people})`;
const comings = `SELECT *, arrayJoin(range(${days})) AS day FROM (${persons})
  WHERE (cityHash64(person, day, 'comes') % 10007) / 10007 < habit`;

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(clickhouse, silent);
  await clickhouse.command(`INSERT INTO events (type, id, time, origin, visitor, visitor_kind, site, country)
    SELECT 'page_view', cityHash64(person, day), at, at,
      if(consented, cityHash64(person), cityHash64(person, day, 'key')), if(consented, 'cookie', 'daily'), 1, country
    FROM (
      SELECT *, fromUnixTimestamp64Milli(toInt64(${start} + day * ${dayMs} + cityHash64(person, day, 'at') % ${dayMs}), 'UTC') AS at
      FROM (${comings})
    )`);
});
afterAll(() => clickhouse.close());

/** People who came at least once, by country. */
async function truth(): Promise<Map<string, number>> {
  const rows = await clickhouse.query<{ country: string; n: number }>(
    `SELECT country, uniqExact(person) AS n FROM (${comings}) GROUP BY country`,
  );
  return new Map(rows.map(({ country, n }) => [country, n]));
}

describe('visitors of two weeks, 30 % of 100,000 of whom consented', () => {
  it('are estimated with at most 3 % error, and the truth lies within the interval', async () => {
    const known = await truth();
    const all = [...known.values()].reduce((sum, n) => sum + n, 0);
    const before = await runReport({ clickhouse, now }, 'visitors', {
      ...range,
      metrics,
      dimensions: ['country'],
    });
    await rollUp({ clickhouse, nowMs: now.getTime(), logger: silent });
    const made = await runReport({ clickhouse, now }, 'visitors', {
      ...range,
      metrics,
      dimensions: ['country'],
    });
    // Put together from days they are exact; from every page view, the sketches' error is in them.
    for (const [own, raw] of [...made.rows, made.totals].map(
      (row, at) => [row, [...before.rows, before.totals][at]] as const,
    )) {
      expect(raw?.['country']).toBe(own['country']);
      for (const metric of metrics)
        expect(Math.abs(Number(raw?.[metric]) / Number(own[metric]) - 1), metric).toBeLessThan(0.01);
    }
    for (const [who, row, people] of [
      ...made.rows.map(
        (row) => [String(row['country']), row, known.get(String(row['country'])) ?? 0] as const,
      ),
      ['all', made.totals, all] as const,
    ]) {
      const { visitors, visitorsCounted, visitorsEstimated, visitorsLow, visitorsHigh } = row as Record<
        string,
        number
      >;
      const error = Math.abs((visitors ?? 0) / people - 1);
      expect(error, `${who}: ${visitors} of ${people}`).toBeLessThan(0.03);
      expect(visitorsLow, who).toBeLessThanOrEqual(people);
      expect(visitorsHigh, who).toBeGreaterThanOrEqual(people);
      expect((visitorsCounted ?? 0) / people, who).toBeCloseTo(0.3, 1);
      expect(
        Math.abs((visitorsCounted ?? 0) + (visitorsEstimated ?? 0) - (visitors ?? 0)),
        who,
      ).toBeLessThanOrEqual(1);
    }
    expect(made.notes.join(' ')).toMatch(/estimated/);
  }, 120_000);

  it('are counted and not estimated within a day, also by the hour', async () => {
    const day = { from: new Date(start + 3 * dayMs), to: new Date(start + 4 * dayMs), timeZone: 'UTC' };
    const made = await runReport({ clickhouse, now }, 'visitors', { ...day, metrics, dimensions: ['hour'] });
    const [exact] = await clickhouse.query<{ n: number }>(
      `SELECT uniqExact(person) AS n FROM (${comings}) WHERE day = 3`,
    );
    const { visitors, visitorsCounted, visitorsEstimated } = made.totals as Record<string, number>;
    expect(visitorsEstimated).toBe(0);
    expect(visitors).toBe(visitorsCounted);
    expect(Math.abs((visitors ?? 0) / (exact?.n ?? 0) - 1)).toBeLessThan(0.01);
    expect(made.rows).toHaveLength(24);
    expect(made.notes).toEqual([]);
  });
});
