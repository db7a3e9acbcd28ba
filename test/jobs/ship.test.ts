import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ClickHouse,
  migrateClickHouse,
  openClickHouse,
  ownIdentity,
  type ProcessIdentity,
  SpoolWriter,
} from '../../analytics/index.ts';
import { rollupJob } from '../../jobs/rollup.ts';
import { shipJob } from '../../jobs/ship.ts';
import { emptyTables, hex, scratchDirectory, scratchSpool, silent } from '../analytics/clickhouse/support.ts';
import { stored } from '../analytics/clickhouse/support-counts.ts';

const noon = Date.UTC(2026, 10, 23, 12);
let clickhouse: ClickHouse;
let dead: ProcessIdentity;
beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(clickhouse, silent);
  const ended = spawn(process.execPath, ['-e', '']);
  dead = { pid: ended.pid as number, started: 1 };
  await new Promise((resolve) => ended.once('exit', resolve));
});
beforeEach(() => emptyTables(clickhouse));
afterAll(() => clickhouse.close());

const keeping = { spoolMaxBytes: 1e12, archiveDays: 0, storeDir: undefined };
const context = (signal = new AbortController().signal) => ({ logger: silent, signal, now: () => noon });
const line = (id: number) =>
  `${JSON.stringify({ type: 'page_view', id: hex(id), time: noon, visitor: hex(1), visitor_kind: 'daily', site: 1 })}\n`;

/** A segment that its writer has left open. */
function openSegment(dataDir: string, owner: ProcessIdentity, content: string): string {
  const spool = join(dataDir, 'spool');
  mkdirSync(spool, { recursive: true });
  const name = [noon, owner.pid, owner.started, hex(owner.pid), 1].join('_');
  writeFileSync(join(spool, `${name}.open`), content);
  return name;
}

describe('the shipping job', () => {
  it('finds nothing to do before the first event', async () => {
    const counts = await shipJob(clickhouse, scratchSpool(), keeping).run(context());
    expect(Object.values(counts).every((count) => count === 0)).toBe(true);
  });

  it('seals what a dead process left open, cuts off its torn line, and ships it, once', async () => {
    const dataDir = scratchSpool();
    openSegment(dataDir, dead, `${line(1)}${line(2)}{"type":"page_vi`);
    const job = shipJob(clickhouse, dataDir, keeping);
    expect(await job.run(context())).toMatchObject({
      sealed: 1,
      tornBytes: 16,
      segments: 1,
      rows: 2,
      rejectedLines: 0,
    });
    expect(await stored(clickhouse)).toMatchObject({ events: 2, ids: 2 });
    expect(readdirSync(join(dataDir, 'spool'))).toEqual([]);
    expect(await job.run(context())).toMatchObject({ sealed: 0, rows: 0 });
    expect(await stored(clickhouse)).toMatchObject({ events: 2 });
  });

  it('leaves alone what a running process writes, until that one seals it', async () => {
    const dataDir = scratchSpool();
    const name = openSegment(dataDir, ownIdentity(), line(3));
    const job = shipJob(clickhouse, dataDir, keeping);
    expect(await job.run(context())).toMatchObject({ sealed: 0, segments: 0, rows: 0 });
    expect(readdirSync(join(dataDir, 'spool'))).toEqual([`${name}.open`]);
    const writer = new SpoolWriter({
      directory: join(dataDir, 'spool'),
      sync: 'never',
      syncMs: 1000,
      segmentBytes: 1024 * 1024,
      segmentMs: 600_000,
    });
    await new Promise<void>((resolve) => writer.append(line(4), 1, { written: () => resolve() }));
    expect(await job.run(context())).toMatchObject({ rows: 0 });
    writer.close();
    expect(await job.run(context())).toMatchObject({ sealed: 0, segments: 1, rows: 1 });
    expect(readdirSync(join(dataDir, 'spool'))).toEqual([`${name}.open`]);
  });

  it('stops before the next segment when the process ends, and goes on at the next run', async () => {
    const dataDir = scratchSpool();
    openSegment(dataDir, dead, line(5));
    const job = shipJob(clickhouse, dataDir, keeping);
    expect(await job.run(context(AbortSignal.abort()))).toMatchObject({ sealed: 1, segments: 0, rows: 0 });
    expect(await job.run(context())).toMatchObject({ sealed: 0, segments: 1, rows: 1 });
  });
});

describe('the rollup job', () => {
  it('sums up what was shipped, once', async () => {
    const dataDir = scratchSpool();
    openSegment(dataDir, dead, line(6));
    await shipJob(clickhouse, dataDir, keeping).run(context());
    const job = rollupJob(clickhouse);
    const later = { ...context(), now: () => noon + 86_400_000 };
    expect(await job.run(later)).toMatchObject({ periods: 3, days: 2 });
    expect(Object.values(await job.run(later)).every((count) => count === 0)).toBe(true);
  });
});
