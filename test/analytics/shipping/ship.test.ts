import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { shipSegments } from '../../../analytics/shipping/ship.ts';
import {
  emptyTables,
  hex,
  type Line,
  scratchDirectory,
  scratchSpool,
  silent,
  writeSegment,
} from '../clickhouse/support.ts';
import { stored } from '../clickhouse/support-counts.ts';

const start = Date.UTC(2026, 10, 23, 12);
const nothing = { segments: 0, rows: 0, bytes: 0, rejectedLines: 0, stuckSegments: 0 };
let clickhouse: ClickHouse;

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(clickhouse, silent);
});
beforeEach(() => emptyTables(clickhouse));
afterAll(() => clickhouse.close());

const lines = (count: number, from = 1): Line[] =>
  Array.from({ length: count }, (_, index) => ({
    type: 'page_view',
    id: hex(from + index),
    time: start + index,
  }));

describe('shipSegments', () => {
  it('ships sealed segments and removes them, and nothing else', async () => {
    const spoolDir = scratchSpool();
    const file = writeSegment(spoolDir, 'ship-1', lines(3));
    const bytes = readFileSync(file).length;
    writeSegment(spoolDir, 'ship-2', lines(2, 10));
    writeSegment(spoolDir, 'ship-empty', '');
    writeFileSync(path.join(spoolDir, 'ship-3.open'), 'not sealed');
    const counts = await shipSegments({ clickhouse, spoolDir, logger: silent });
    expect(counts).toMatchObject({ segments: 1, rows: 5 });
    expect(counts.bytes).toBeGreaterThan(bytes);
    expect(readdirSync(spoolDir)).toEqual(['ship-3.open']);
    expect(await stored(clickhouse)).toEqual({ events: 5, ids: 5, periodEvents: 5 });
  });

  it('finds nothing to do in a spool that is not there yet', async () => {
    const spoolDir = path.join(scratchSpool(), 'none');
    expect(await shipSegments({ clickhouse, spoolDir, logger: silent })).toEqual(nothing);
  });

  it('ships nothing once it is told to stop', async () => {
    const spoolDir = scratchSpool();
    writeSegment(spoolDir, 'stopped', lines(3));
    const options = { clickhouse, spoolDir, logger: silent, signal: AbortSignal.abort() };
    expect(await shipSegments(options)).toEqual(nothing);
    expect(readdirSync(spoolDir)).toEqual(['stopped.jsonl']);
  });

  const good = JSON.stringify({ type: 'page_view', id: hex(77), time: start });
  it.each([
    ['is torn', '{"type":"page_view","id":"00000'],
    ['is not JSON', 'secret garbage \u0000\u0001'],
    ['is a JSON value, but no object', '[1,2]'],
    ['has an unknown type', '{"type":"page_vjew","id":"1","time":1}'],
    ['has a word where a number belongs', `{"type":"click","id":"01","time":"soon","site":1}`],
    ['has a number that is too large', `{"type":"click","id":"01","time":${start},"site":{"a":1}}`],
    ['has an unknown kind of visitor', `{"type":"click","id":"01","time":${start},"visitor_kind":"dajly"}`],
  ])('sets aside a line that %s, ships the others, and never logs it', async (what, bad) => {
    const spoolDir = scratchSpool();
    const name = `bad ${what}`;
    writeSegment(spoolDir, name, `${good}\n${bad}\n\n${good.replace(hex(77), hex(78))}\n`);
    writeSegment(spoolDir, `${name}~next`, lines(1, 500));
    const logged: string[] = [];
    const logger = pino({}, { write: (text: string) => logged.push(text) });
    const counts = await shipSegments({ clickhouse, spoolDir, logger });
    expect(counts).toMatchObject({ segments: 2, rows: 3, rejectedLines: 1, stuckSegments: 0 });
    expect(await stored(clickhouse)).toEqual({ events: 3, ids: 3, periodEvents: 3 });
    expect(readdirSync(spoolDir)).toEqual(['rejected']);
    expect(readdirSync(path.join(spoolDir, 'rejected'))).toEqual([`${name}.jsonl`]);
    expect(readFileSync(path.join(spoolDir, 'rejected', `${name}.jsonl`), 'utf8')).toBe(`${bad}\n`);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('"rejected":1');
    expect(logged[0]).not.toContain(bad.slice(0, 12));
  });

  it('makes no segment of one without a readable line', async () => {
    const spoolDir = scratchSpool();
    writeSegment(spoolDir, 'all-bad', 'x\ny');
    const counts = await shipSegments({ clickhouse, spoolDir, logger: silent });
    expect(counts).toEqual({ ...nothing, rejectedLines: 2 });
    expect(existsSync(path.join(spoolDir, 'all-bad.jsonl'))).toBe(false);
    expect(await shipSegments({ clickhouse, spoolDir, logger: silent })).toEqual(nothing);
  });

  it('counts the readable lines once where a repair was cut off before its end', async () => {
    const spoolDir = scratchSpool();
    const content = `${good}\nbroken\n`;
    writeSegment(spoolDir, 'cut-off', content);
    await shipSegments({ clickhouse, spoolDir, logger: silent });
    writeSegment(spoolDir, 'cut-off', content);
    await shipSegments({ clickhouse, spoolDir, logger: silent });
    expect(await stored(clickhouse)).toEqual({ events: 1, ids: 1, periodEvents: 1 });
  });
});
