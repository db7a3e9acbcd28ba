import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import {
  dropOld,
  markTraffic,
  migrateClickHouse,
  openClickHouse,
  packArchive,
  parseRates,
  replayArchive,
  reports,
  rollUp,
  shipSegments,
} from '../../../analytics/index.ts';
import {
  emptyTables,
  hex,
  scratchDirectory,
  scratchSpool,
  seededRandom,
  silent,
  writeSegment,
} from '../clickhouse/support.ts';
import { stored } from '../clickhouse/support-counts.ts';

const start = Date.UTC(2026, 10, 22, 20);
const hourMs = 3_600_000;
const end = start + 10 * hourMs;
let clickhouse: ClickHouse;
beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(clickhouse, silent);
});
beforeEach(() => emptyTables(clickhouse));
afterAll(() => clickhouse.close());

/** Eight hours over midnight, with duplicates, late events, and several events of one decision. */
function segments(): { begun: number; lines: string }[] {
  const random = seededRandom(5);
  const types = ['ad_request', 'impression', 'viewable', 'click', 'page_view'];
  return Array.from({ length: 12 }, (_, at) => {
    const begun = start + at * 2_400_000;
    let lines = '';
    for (let row = 0; row < 150; row++) {
      const time = begun + Math.floor(random() * 2000);
      const origin = random() < 0.2 ? time - Math.floor(random() * 2 * hourMs) : time;
      const type = types[Math.floor(random() * types.length)];
      const id = hex(1 + Math.floor(random() * 900));
      const visitor = hex(1 + Math.floor(random() * 200));
      const not_counted = random() < 0.05 ? 'repeated' : '';
      const fields = { type, id, time, origin, visitor, site: 1, zone: 2, line_item: 3, not_counted };
      const text = `${JSON.stringify({ ...fields, network: '10.0.0.0/24', country: 'TW' })}\n`;
      lines += random() < 0.05 ? text + text : text;
    }
    return { begun, lines };
  });
}

async function shipped() {
  const dataDir = scratchSpool();
  const spoolDir = path.join(dataDir, 'spool');
  const archiveDir = path.join(dataDir, 'archive');
  for (const [at, { begun, lines }] of segments().entries())
    writeSegment(spoolDir, `${begun}_1_1_ab_${at}~`, lines);
  await shipSegments({ clickhouse, spoolDir, archiveDir, logger: silent });
  expect(readdirSync(spoolDir)).toEqual([]);
  // Some hours packed, the others not.
  await packArchive({ archiveDir, spoolDir, nowMs: start + 6 * hourMs });
  const replay = (more = {}) =>
    replayArchive({
      clickhouse,
      archiveDirs: [archiveDir],
      scratchDir: dataDir,
      logger: silent,
      ...more,
    });
  return { dataDir, spoolDir, archiveDir, replay };
}

const rates = {
  clicks: parseRates('1/1m'),
  impressions: parseRates('5/5m'),
  networkClicks: parseRates('20/1m'),
};

async function everyReport(only: readonly string[] = Object.keys(reports)) {
  const context = { clickhouse, now: new Date(end) };
  const range = { from: new Date(start - 24 * hourMs), to: new Date(end), timeZone: 'Asia/Kolkata' };
  const made = new Map<string, unknown>();
  for (const report of Object.values(reports).filter(({ name }) => only.includes(name))) {
    // Examples are any five of many.
    const metrics = report.metrics.filter(({ type }) => type !== 'text').map(({ name }) => name);
    for (const dimensions of [[], ['hour']]) {
      if (!dimensions.every((name) => report.dimensions.some((known) => known.name === name))) continue;
      const { finalUntil: _, ...rest } = await report.run(context, { ...range, dimensions, metrics });
      made.set(`${report.name} ${dimensions}`, rest);
    }
  }
  return made;
}

async function jobs() {
  await markTraffic({ clickhouse, rates, nowMs: end, logger: silent });
  await rollUp({ clickhouse, nowMs: end, logger: silent });
}

const rows = async () =>
  clickhouse.query(
    'SELECT type, id, time, not_counted, count() AS times FROM events GROUP BY ALL ORDER BY ALL',
  );

describe('replay', () => {
  it('makes every report equal to the last number after everything was dropped, and again changes nothing', async () => {
    const { replay } = await shipped();
    await jobs();
    const before = await everyReport();
    const counts = await stored(clickhouse);
    const events = await rows();
    await emptyTables(clickhouse);
    const first = await replay();
    expect(first).toMatchObject({ brokenFiles: 0, added: counts.events, lines: counts.events });
    expect(await stored(clickhouse)).toEqual(counts);
    expect(await rows()).toEqual(events);
    await jobs();
    expect(await everyReport()).toEqual(before);
    expect(await replay()).toMatchObject({ added: 0, settledHours: 0 });
    await jobs();
    expect(await everyReport()).toEqual(before);
    expect(await stored(clickhouse)).toEqual(counts);
  });

  const losses: [string, string[]][] = [
    ['a day of events', ["ALTER TABLE events DROP PARTITION '20261122'"]],
    ['some events of every hour', ['ALTER TABLE events DELETE WHERE id % 3 = 0 SETTINGS mutations_sync = 1']],
    ['the counts of hours', ['TRUNCATE TABLE period_events']],
  ];
  it.each(losses)('brings back %s, and counts nothing twice', async (_, statements) => {
    const { replay } = await shipped();
    await jobs();
    const before = await everyReport();
    const counts = await stored(clickhouse);
    for (const statement of statements) await clickhouse.command(statement);
    await replay();
    expect(await stored(clickhouse)).toEqual(counts);
    await jobs();
    expect(await everyReport()).toEqual(before);
  });

  it('rebuilds from the archive alone what retention has dropped, and counts it once where the sums were kept', async () => {
    const { replay } = await shipped();
    await jobs();
    const before = await everyReport();
    const counts = await stored(clickhouse);
    const keptSums = ['visitors', 'traffic', 'delivery', 'inventory'];
    const sums = new Map([...before].filter(([name]) => keptSums.includes(name.split(' ')[0] as string)));
    const retention = {
      clickhouse,
      nowMs: end + 5 * 24 * hourMs,
      eventsDays: 1,
      rollupsDays: 3660,
      logger: silent,
    };
    expect(await dropOld(retention)).toMatchObject({ days: 2, events: counts.events, waitingDays: 0 });

    // The day was dropped for good: its numbers are those of its sums, whatever comes back of its events.
    await replay();
    await jobs();
    expect(await everyReport(keptSums)).toEqual(sums);
    expect(await dropOld(retention)).toMatchObject({ days: 0, lateEvents: counts.events });

    await emptyTables(clickhouse);
    expect(await replay()).toMatchObject({ brokenFiles: 0, added: counts.events });
    await jobs();
    expect(await stored(clickhouse)).toEqual(counts);
    expect(await everyReport()).toEqual(before);
  }, 180_000);

  it('leaves alone what is not in the archive, and days that are not asked for', async () => {
    const { replay, spoolDir } = await shipped();
    writeSegment(spoolDir, 'never-archived', [{ type: 'page_view', id: hex(5000), time: start + 5 }]);
    await shipSegments({ clickhouse, spoolDir, logger: silent });
    const counts = await stored(clickhouse);
    expect(await replay()).toMatchObject({ added: 0, settledHours: 0 });
    expect(await stored(clickhouse)).toEqual(counts);
    await emptyTables(clickhouse);
    const part = await replay({ firstDay: '2026-11-23' });
    const rest = await replay({ lastDay: '2026-11-22' });
    expect(part.added).toBeGreaterThan(100);
    expect(part.added + rest.added).toBe(counts.events - 1);
  });

  it('counts a segment once that is in the spool and in the archive', async () => {
    const { replay, spoolDir, archiveDir } = await shipped();
    const counts = await stored(clickhouse);
    const [first] = segments();
    const name = `${first?.begun}_1_1_ab_0~`;
    // As after a crash in the middle of a move: unpacked in the archive, too.
    const day = path.join(archiveDir, '2026-11-22');
    writeSegment(day, name, first?.lines ?? '');
    writeSegment(spoolDir, name, first?.lines ?? '');
    await emptyTables(clickhouse);
    await replay();
    await shipSegments({ clickhouse, spoolDir, archiveDir, logger: silent });
    expect(readdirSync(spoolDir)).toEqual([]);
    expect(await stored(clickhouse)).toEqual(counts);
  });
});
