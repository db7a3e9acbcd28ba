import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { runReport } from '../../../analytics/reports/registry.ts';
import { dropOld } from '../../../analytics/retention/drop-old.ts';
import { rollUp } from '../../../analytics/rollup/roll-up.ts';
import { shipSegments } from '../../../analytics/shipping/ship.ts';
import {
  hex,
  type Line,
  scratchDirectory,
  scratchSpool,
  seededRandom,
  silent,
  writeSegment,
} from '../clickhouse/support.ts';

const day = 86_400_000;
const quarter = 900_000;
const start = Date.UTC(2026, 8, 25);
const days = 14;
const now = start + (days + 3) * day;
const random = seededRandom(41);
const some = (n: number) => Math.floor(random() * n);

let engine: ClickHouse;
/** The engine, with what was asked of it. */
let clickhouse: ClickHouse;
const asked: string[] = [];
const views: Line[] = [];
let shipped = 0;

beforeAll(async () => {
  engine = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(engine, silent);
  clickhouse = {
    ...{ kind: engine.kind, version: engine.version },
    query: (sql, ...more) => {
      asked.push(sql);
      return engine.query(sql, ...more);
    },
    queryFile: (...all) => engine.queryFile(...all),
    command: (...all) => engine.command(...all),
    insertFile: (...all) => engine.insertFile(...all),
    close: () => engine.close(),
  };
});
afterAll(() => engine.close());

async function ship(lines: readonly Line[]): Promise<void> {
  views.push(...lines);
  const spoolDir = scratchSpool();
  writeSegment(spoolDir, `returns-${++shipped}`, lines);
  await shipSegments({ clickhouse, spoolDir, logger: silent });
}

function view(atMs: number, person: number, cookie: boolean): Line {
  const visitor = cookie ? 1000 + person : 100_000 * Math.floor(atMs / day) + person;
  return {
    ...{ type: 'page_view', id: hex(1 + views.length + some(2 ** 40)), time: atMs, origin: atMs },
    ...{ visitor: hex(visitor), visitor_kind: cookie ? 'cookie' : 'daily', site: 1 + some(2) },
    // A few are seen in two countries.
    country: ['DE', 'TW', 'FR'][(person + (person % 7 === 0 ? some(2) : 0)) % 3] as string,
    browser: `Browser ${person % 4}`,
  };
}

function traffic(): Line[] {
  const lines: Line[] = [];
  for (let at = 0; at < 900; at++) {
    const person = some(80);
    lines.push(view(start + some(days) * day + some(96) * quarter + some(quarter), person, person % 3 !== 0));
  }
  return lines;
}

const roll = (nowMs = now) => rollUp({ clickhouse, nowMs, logger: silent });

/** Visitors who are counted, told apart by country, by the values of a dimension: within a day also those without a cookie. */
function truth(fromMs: number, toMs: number, dimension: string, site?: number): Record<string, number> {
  const seen = new Map<string, Set<string>>();
  const isOneDay = Math.floor(fromMs / day) === Math.floor((toMs - 1) / day);
  for (const line of views) {
    const { time, visitor_kind: kind, country, visitor } = line as Record<string, string | number>;
    if (Number(time) < fromMs || Number(time) >= toMs || (kind !== 'cookie' && !isOneDay)) continue;
    if (site !== undefined && line['site'] !== site) continue;
    const value = String(line[dimension as keyof Line]);
    const own = seen.get(value) ?? new Set();
    seen.set(value, own.add(`${country} ${visitor}`));
  }
  return Object.fromEntries([...seen].map(([value, own]) => [value, own.size]));
}

/** Compares reports of a range with the truth; true: all of them were read from returns. */
async function check(fromMs: number, toMs: number): Promise<boolean> {
  asked.length = 0;
  const questions = [{ dimension: 'country' }, { dimension: 'browser' }, { dimension: 'country', site: 2 }];
  for (const { dimension, site } of questions) {
    const report = await runReport({ clickhouse, now: new Date(now) }, 'visitors', {
      ...{ from: new Date(fromMs), to: new Date(toMs), timeZone: 'Asia/Kathmandu' },
      ...{ dimensions: [dimension], metrics: ['visitorsCounted'] },
      ...(site === undefined ? {} : { filters: [{ dimension: 'site', operator: 'eq', values: [site] }] }),
    });
    const expected = truth(fromMs, toMs, dimension, site);
    const found = Object.fromEntries(report.rows.map((row) => [row[dimension], row['visitorsCounted']]));
    const name = `${dimension} from ${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`;
    expect(
      { ...Object.fromEntries(report.rows.map((row) => [row[dimension], 0])), ...expected },
      name,
    ).toEqual(found);
    expect(report.totals['visitorsCounted'], name).toBe(
      Object.values(expected).reduce((sum, n) => sum + n, 0),
    );
  }
  const reports = asked.filter((sql) => sql.includes('visitor_rollup'));
  return reports.every((sql) => sql.includes('visitor_returns'));
}

/** A range of more than one UTC day, on quarters of an hour. */
function someRange(firstMs = start): [number, number] {
  const fromMs = firstMs + some((start + (days - 2) * day - firstMs) / quarter) * quarter;
  const toMs = Math.min(start + days * day, fromMs + day + (1 + some(days * 96)) * quarter);
  return [fromMs, toMs];
}

describe('returns', () => {
  it('tell the different visitors of any range exactly, and are made anew with what they were made of', async () => {
    await ship(traffic());
    await roll();
    expect(await check(start, start + days * day)).toBe(true);
    expect(await check(start + 5 * quarter, start + 2 * day + 7 * quarter)).toBe(true);
    for (let at = 0; at < 12; at++) expect(await check(...someRange())).toBe(true);
    // A range within a day, and one that ends within a quarter, are told by sketches.
    expect(await check(start + quarter, start + 30 * quarter)).toBe(false);
    expect(await check(start, start + 3 * day + 1)).toBe(false);

    expect(await roll()).toMatchObject({ periods: 0, days: 0 });

    // Who comes late was new on a day before: later days are not what they were.
    const late = [2, 5, 6].flatMap((at) => [
      view(start + at * day + some(96) * quarter, 1, true),
      view(start + at * day, 79, true),
    ]);
    await ship(late);
    expect(await check(start, start + days * day)).toBe(false);
    expect(await check(start + 7 * day, start + 10 * day)).toBe(true);
    await roll(now + 1000);
    expect(await check(start, start + days * day)).toBe(true);
    for (let at = 0; at < 6; at++) expect(await check(...someRange())).toBe(true);
  });

  it('stand when their events are gone, and look back no further than there are any', async () => {
    const before = await engine.query('SELECT sum(visitors) AS n, count() AS rows FROM visitor_returns');
    const dropped = await dropOld({
      clickhouse,
      nowMs: now,
      logger: silent,
      eventsDays: 10,
      rollupsDays: 3660,
    });
    expect(dropped).toMatchObject({ days: 7, waitingDays: 0 });
    await roll(now + 2000);
    expect(await engine.query('SELECT sum(visitors) AS n, count() AS rows FROM visitor_returns')).toEqual(
      before,
    );
    expect(await check(start, start + days * day)).toBe(true);

    await ship([view(start + 12 * day + quarter, 200, true)]);
    await roll(now + 3000);
    const kept = start + 7 * day;
    expect(await check(start, start + days * day)).toBe(false);
    for (let at = 0; at < 4; at++) expect(await check(...someRange(kept))).toBe(true);
  });
});
