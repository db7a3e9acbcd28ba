import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { migrateClickHouse, openClickHouse, restoreClickHouse } from '../../../analytics/index.ts';
import { BackupFolder, type BackupParts, backupDue, makeBackup } from '../../../server/backup/index.ts';
import { checkFiles, readManifest } from '../../../server/backup/manifest.ts';
import { placeOf } from '../../../server/backup/place-of.ts';
import { type Database, inMemory, openDatabase } from '../../../server/database/index.ts';

const logger = pino({ level: 'silent' });
const monday = Date.UTC(2026, 10, 23, 2, 30);
const dayMs = 86_400_000;
let scratch: string;
let database: Database;
let clickhouse: ClickHouse;
let parts: BackupParts;
let tried: string[];
let trialFails: boolean;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'signpost-backup-'));
  database = await openDatabase({ url: undefined, dataDir: inMemory, logger });
  clickhouse = await openClickHouse({
    url: undefined,
    dataDir: join(scratch, 'data'),
    backupDir: join(scratch, 'backups'),
    logger,
  });
  await migrateClickHouse(clickhouse, logger);
  await addEvents(1000, '2026-11-01');
});
beforeEach(() => {
  rmSync(join(scratch, 'backups'), { recursive: true, force: true });
  tried = [];
  trialFails = false;
  parts = {
    ...{ db: database.db, clickhouse, backupDir: join(scratch, 'backups'), clickhouseDisk: undefined },
    keep: { days: 7, weeks: 4, months: 3 },
    // The trial itself takes a process of its own, which the test of the whole product has.
    tryRestore: async (directory) => {
      await checkFiles(directory, await readManifest(directory));
      tried.push(directory);
      if (trialFails) throw new Error('it does not come back');
    },
  };
});
afterAll(async () => {
  await clickhouse.close();
  await database.close();
  rmSync(scratch, { recursive: true, force: true });
});

const addEvents = (count: number, day: string) =>
  clickhouse.command(
    `INSERT INTO events (type, id, time, origin) SELECT 'page_view', rand64(),
       toDateTime64({day:String}, 3, 'UTC') + number % 80000, toDateTime64({day:String}, 3, 'UTC') + number % 80000
     FROM numbers({count:UInt32})`,
    { day, count },
  );
const run = (nowMs: number) => makeBackup(parts, { nowMs, logger, signal: new AbortController().signal });
const names = () => readdirSync(join(scratch, 'backups')).sort();

describe('making a backup', () => {
  it('makes a full one first, then such as have what changed, and a full one each week', async () => {
    expect(await backupDue(parts, monday)).toMatchObject({ full: 1, incremental: 0, removed: 0 });
    const full = await run(monday);
    expect(full).toMatchObject({ full: 1, incremental: 0, removed: 0 });
    await addEvents(10, '2026-11-02');
    const next = await run(monday + dayMs);
    expect(next).toMatchObject({ full: 0, incremental: 1 });
    expect(next.bytes).toBeLessThan(full.bytes);
    expect(await run(monday + 7 * dayMs)).toMatchObject({ full: 1 });
    expect(names()).toEqual([
      '2026-11-23T02-30-00Z-full',
      '2026-11-24T02-30-00Z-incremental',
      '2026-11-30T02-30-00Z-full',
    ]);
    expect(tried).toHaveLength(3);
    const [, incremental] = await new BackupFolder(parts.backupDir).list();
    expect(incremental).toMatchObject({
      base: '2026-11-23T02-30-00Z-full',
      verifiedAt: '2026-11-24T02:30:00.000Z',
    });
  });

  it('leaves nothing that could pass for a backup where it fails, or its trial does', async () => {
    trialFails = true;
    await expect(run(monday)).rejects.toThrow('it does not come back');
    expect(names()).toEqual([]);
    trialFails = false;
    mkdirSync(join(parts.backupDir, '.making-2026-11-22T02-30-00Z-full'));
    writeFileSync(join(parts.backupDir, '.making-2026-11-22T02-30-00Z-full', 'manifest.json'), '{}');
    await run(monday);
    expect(names()).toEqual(['2026-11-23T02-30-00Z-full']);
  });

  it('removes what is not to be kept, and never what another builds on', async () => {
    parts = { ...parts, keep: { days: 1, weeks: 0, months: 0 } };
    await run(monday);
    expect(await run(monday + dayMs)).toMatchObject({ removed: 0 });
    expect(await backupDue(parts, monday + 2 * dayMs)).toMatchObject({ incremental: 1, removed: 1 });
    expect(await run(monday + 2 * dayMs)).toMatchObject({ removed: 1 });
    expect(names()).toEqual(['2026-11-23T02-30-00Z-full', '2026-11-25T02-30-00Z-incremental']);
    expect(await run(monday + 7 * dayMs)).toMatchObject({ full: 1, removed: 2 });
  });

  it('notices a file that was changed, and one that is gone', async () => {
    await run(monday);
    const directory = join(parts.backupDir, '2026-11-23T02-30-00Z-full');
    const manifest = await readManifest(directory);
    await checkFiles(directory, manifest);
    const paths = Object.keys(manifest.files);
    expect(paths.some((path) => path.startsWith('postgres/'))).toBe(true);
    const data =
      paths.find((path) => path.startsWith('clickhouse/rows/data/') && path.endsWith('.bin')) ?? '';
    appendFileSync(join(directory, data), 'x');
    await expect(checkFiles(directory, manifest)).rejects.toMatchObject({ code: 'backup_broken' });
    rmSync(join(directory, data));
    await expect(checkFiles(directory, manifest)).rejects.toThrow(/is missing/);
    writeFileSync(join(directory, 'manifest.json'), 'half');
    expect(await new BackupFolder(parts.backupDir).list()).toEqual([]);
    expect(existsSync(directory)).toBe(true);
  });

  it('brings back every event, also from a directory that was moved', async () => {
    await run(monday);
    await addEvents(500, '2026-11-03');
    await run(monday + dayMs);
    const [{ total = 0 } = {}] = await clickhouse.query<{ total: number }>(
      'SELECT sum(cityHash64(*)) AS total FROM events',
    );
    const folder = new BackupFolder(parts.backupDir);
    const [base, manifest] = await folder.list();
    if (base === undefined || manifest?.clickhouse == null) throw new Error('no backups');
    const place = placeOf(manifest, folder.directoryOf(manifest.name));
    if (place === undefined) throw new Error('no place');
    await clickhouse.command('CREATE DATABASE copy');
    const totals = await restoreClickHouse({
      ...{ clickhouse, contents: manifest.clickhouse, place, views: false, database: 'copy' },
      base: placeOf(base, folder.directoryOf(base.name)),
    });
    expect(totals).toMatchObject(manifest.clickhouse.totals);
    const [copy] = await clickhouse.query<{ total: number }>(
      'SELECT sum(cityHash64(*)) AS total FROM copy.events',
    );
    expect(copy?.total).toBe(total);
    await clickhouse.command('DROP DATABASE copy SYNC');
  });

  it('says how much room is missing before it begins', async () => {
    const full: ClickHouse = Object.assign(Object.create(clickhouse) as ClickHouse, {
      kind: 'embedded',
      query: async () => [{ bytes: 1e18 }],
    });
    parts = { ...parts, clickhouse: full };
    await expect(run(monday)).rejects.toMatchObject({ code: 'no_room' });
    expect(names()).toEqual([]);
  });

  it('has the manifest tell what the files are', async () => {
    await run(monday);
    const manifest = JSON.parse(
      readFileSync(join(parts.backupDir, '2026-11-23T02-30-00Z-full', 'manifest.json'), 'utf8'),
    );
    expect(manifest.clickhouse.parts.names).toContain('rollup_runs');
    expect(manifest.clickhouse.parts.rows).toContain('period_events_from_events');
    expect(Object.keys(manifest.postgres.tables)).not.toContain('day_keys');
  });
});
