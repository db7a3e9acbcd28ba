import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { runReport } from '../../../analytics/reports/registry.ts';
import type { ReportFilter, ReportRequest } from '../../../analytics/reports/report.ts';
import { scratchDirectory, silent } from '../clickhouse/support.ts';

const dayMs = 86_400_000;
/** A Monday. */
const start = Date.UTC(2026, 8, 7);
const now = new Date(start + 40 * dayMs);
const k = 10;
let clickhouse: ClickHouse;

/** Each person has one impression in each of two weeks at most, so an impression is a person. */
beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(clickhouse, silent);
  await clickhouse.command(`INSERT INTO events
      (type, id, time, origin, visitor, visitor_kind, advertiser, campaign, line_item, country, browser, device)
    SELECT 'impression', cityHash64(number), at, at, cityHash64(number, 'v'), 'daily', 1, 1, 1 + number % 2,
      ['DE', 'DE', 'DE', 'US', 'US', 'TW', 'FR', 'PL'][1 + number % 8], ['Chrome', 'Safari', 'Firefox', 'Odd'][1 + toUInt8(floor(4 * pow((cityHash64(number, 'b') % 1000) / 1000, 3)))],
      if(cityHash64(number, 'd') % 3 = 0, 'desktop', 'mobile')
    FROM (
      SELECT number, fromUnixTimestamp64Milli(toInt64(${start} + (number % 10) * ${dayMs} + number * 1000), 'UTC') AS at
      FROM numbers(420) WHERE NOT (number % 8 >= 5 AND number > 60)
    )`);
});
afterAll(() => clickhouse.close());

const whole = { from: new Date(start), to: new Date(start + 14 * dayMs), timeZone: 'UTC' };
const ask = (more: Partial<ReportRequest>) =>
  runReport({ clickhouse, now }, 'audience', { ...whole, metrics: ['impressions', 'reach'], ...more });
const impressions = async (more: Partial<ReportRequest>) => Number((await ask(more)).totals['impressions']);
const is = (dimension: string, value: string, operator: 'eq' | 'not' = 'eq'): ReportFilter => ({
  dimension,
  operator,
  values: [value],
});

describe('the audience report', () => {
  it('folds few into other, and its rows add up to the total', async () => {
    const made = await ask({ dimensions: ['country'] });
    const byCountry = new Map(made.rows.map((row) => [row['country'], Number(row['impressions'])]));
    expect([...byCountry.keys()].at(-1)).toBe('other');
    expect(byCountry.has('DE')).toBe(true);
    expect(byCountry.has('FR')).toBe(false);
    for (const number of byCountry.values()) expect(number).toBeGreaterThanOrEqual(k);
    expect([...byCountry.values()].reduce((sum, number) => sum + number, 0)).toBe(made.totals['impressions']);
    expect(made.totals['impressions']).toBe(await impressions({}));
    expect(made.rows.at(-1)?.['reach']).toBeNull();
    expect(made.notes.join(' ')).toMatch(/fewer than 10/);
  });

  // Everything that can be asked with up to two filters, and every pair of answers of which one is part of the other.
  it('tells of nobody, whatever is asked one after the other and subtracted', async () => {
    const values = {
      country: ['DE', 'US', 'TW', 'FR', 'PL'],
      browser: ['Chrome', 'Safari', 'Firefox', 'Odd'],
      lineItem: ['1', '2'],
    };
    const single = Object.entries(values).flatMap(([name, list]) =>
      list.map((value) => [name, value] as const),
    );
    const all = await impressions({});
    const few = (number: number) => number !== 0 && number < k;
    const leaks: string[] = [];
    const check = (number: number, what: string) => {
      if (few(number)) leaks.push(`${what}: ${number}`);
    };
    check(all, 'all');
    for (const [name, value] of single) {
      const one = await impressions({ filters: [is(name, value)] });
      const not = await impressions({ filters: [is(name, value, 'not')] });
      check(one, `${name} ${value}`);
      check(not, `not ${name} ${value}`);
      check(all - one, `all but ${name} ${value}`);
      check(all - not, `all but not ${name} ${value}`);
      check(all - not - one, `all but ${name} ${value} and its contrary`);
      for (const [otherName, otherValue] of single.filter(([other]) => other > name)) {
        const both = await impressions({ filters: [is(name, value), is(otherName, otherValue)] });
        check(both, `${name} ${value} and ${otherName} ${otherValue}`);
        check(one - both, `${name} ${value} but not ${otherName} ${otherValue}`);
      }
    }
    expect(leaks).toEqual([]);
  }, 120_000);

  it('gives whole weeks alone, so that ranges which overlap cannot be subtracted', async () => {
    const asked = new Set<string>();
    for (let from = 0; from < 9; from += 2) {
      for (let to = from + 1; to <= 14; to += 3) {
        const made = await ask({
          from: new Date(start + from * dayMs + 3_600_000),
          to: new Date(start + to * dayMs),
          dimensions: ['country'],
        });
        asked.add(`${made.from} ${made.to}`);
      }
    }
    expect([...asked].sort()).toEqual([
      '2026-09-07T00:00:00.000Z 2026-09-14T00:00:00.000Z',
      '2026-09-07T00:00:00.000Z 2026-09-21T00:00:00.000Z',
      '2026-09-14T00:00:00.000Z 2026-09-21T00:00:00.000Z',
    ]);
  });

  it('leaves out a week that is not over, and takes another threshold', async () => {
    const open = await runReport({ clickhouse, now: new Date(start + 8 * dayMs) }, 'audience', whole);
    expect(open.to).toBe('2026-09-14T00:00:00.000Z');
    const strict = await runReport({ clickhouse, now, kAnonymity: 100_000 }, 'audience', whole);
    expect(strict.totals['impressions']).toBe(0);
  });

  it('tells how often visitors saw the ads', async () => {
    const made = await ask({ dimensions: ['frequency'] });
    expect(made.rows).toMatchObject([{ frequency: '1', impressions: made.totals['impressions'] }]);
  });

  describe('of visitors who consented', () => {
    const week = { from: new Date(start + 21 * dayMs), to: new Date(start + 28 * dayMs) };
    const visitors = (kind: string, from: number, count: number, at: number, segments: string) => `
      INSERT INTO events (type, id, time, origin, visitor, visitor_kind, advertiser, line_item, country, segments)
      SELECT 'impression', cityHash64(number, ${at}), at, at, 1000000 + number, '${kind}', 7, 1, 'DE', ${segments}
      FROM (
        SELECT number, fromUnixTimestamp64Milli(toInt64(${at}), 'UTC') AS at FROM numbers(${from}, ${count})
      )`;
    const rows = async (dimensions: string[], metrics = ['impressions', 'reach']) =>
      (await ask({ ...week, dimensions, metrics })).rows;

    beforeAll(async () => {
      const inWeek = start + 23 * dayMs;
      for (const insert of [
        // Of 60 of the week, 20 were there eight weeks before, and 15 so long ago that they are new again.
        visitors('cookie', 0, 20, inWeek - 56 * dayMs, '[]'),
        visitors('cookie', 20, 15, inWeek - 150 * dayMs, '[]'),
        visitors('cookie', 0, 40, inWeek, "['sport', 'cars', 'sport']"),
        visitors('cookie', 40, 16, inWeek, "['sport']"),
        visitors('cookie', 56, 4, inWeek, "['cars']"),
        visitors('daily', 100, 30, inWeek, '[]'),
      ])
        await clickhouse.command(insert);
    });

    it('tells the new from the returning, and that of others it is unknown', async () => {
      expect(await rows(['returning'])).toEqual([
        { returning: 'new', impressions: 40, reach: 40 },
        { returning: 'unknown', impressions: 30, reach: 30 },
        { returning: 'returning', impressions: 20, reach: 20 },
      ]);
    });

    it('tells interests as lists, each visitor in one, and folds the rare ones', async () => {
      expect(await rows(['interests'])).toEqual([
        { interests: 'cars sport', impressions: 40, reach: 40 },
        { interests: '', impressions: 30, reach: 30 },
        // With four alone the smallest other list is folded too.
        { interests: 'other', impressions: 20, reach: null },
      ]);
    });
  });
});
