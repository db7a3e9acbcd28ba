import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Database, openDatabase } from '../../../server/database/index.ts';
import { demoZones, removeDemoInventory, seedDemoInventory } from '../../../server/demo/inventory/index.ts';
import {
  advertiserDefinition,
  assetsDirectory,
  campaignDefinition,
  compileSnapshot,
  createStore,
  creativeDefinition,
  lineItemDefinition,
  readSnapshot,
  type SnapshotPublisher,
  siteDefinition,
  snapshotPath,
  startSnapshotPublisher,
  TimeSlices,
  zoneDefinition,
} from '../../../server/inventory/index.ts';
import { openMigratedDatabase } from '../../support/migrated-database.ts';

const log: string[] = [];
const logger = pino({ level: 'info' }, { write: (line: string) => log.push(line) });
let database: Database;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'signpost-publisher-'));
  database = await openMigratedDatabase(logger);
  expect(await seedDemoInventory(database.db)).toBe(true);
});
afterAll(async () => {
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});

const onDisk = async () => readSnapshot(await readFile(snapshotPath(dataDir)), new TimeSlices(1000));

describe('the demo inventory', () => {
  it('has ads for Taiwan, Bavaria, California and everywhere else, in both sizes of the demo zones', async () => {
    const zones = await demoZones(database.db);
    expect(zones).toEqual([
      { id: 1, siteId: 1, name: 'Rectangle', width: 300, height: 250 },
      { id: 2, siteId: 1, name: 'Leaderboard', width: 728, height: 90 },
    ]);
    const onDemoSite = { on: 'site', in: ['1'] };
    const snapshot = await compileSnapshot(database.db);
    expect(snapshot.lineItems.map(({ type, targeting }) => [type, targeting])).toEqual([
      ['standard', { and: [{ on: 'country', in: ['TW'] }, onDemoSite] }],
      ['standard', { and: [{ on: 'region', in: ['DE-BY'] }, onDemoSite] }],
      ['standard', { and: [{ on: 'region', in: ['US-CA'] }, onDemoSite] }],
      ['house', onDemoSite],
    ]);
    for (const item of snapshot.lineItems) {
      const sizes = snapshot.creatives
        .filter(({ id }) => item.creativeIds.includes(id))
        .map(({ width, height }) => [width, height]);
      expect(sizes).toEqual(zones.map(({ width, height }) => [width, height]));
    }
    expect(
      new Set(snapshot.creatives.map((creative) => creative.type === 'image' && creative.asset)).size,
    ).toBe(8);
  });

  it('is not put in twice', async () => {
    expect(await seedDemoInventory(database.db)).toBe(false);
  });
});

describe('the snapshot', () => {
  it('leaves out what is paused, archived or over, with all that belongs to it, and remembers where it led', async () => {
    const { db } = database;
    const [advertisers, campaigns, lineItems, creatives, sites] = [
      createStore(db, advertiserDefinition),
      createStore(db, campaignDefinition),
      createStore(db, lineItemDefinition),
      createStore(db, creativeDefinition),
      createStore(db, siteDefinition),
    ];
    const ids = async () => (await compileSnapshot(db)).lineItems.map(({ id }) => id);
    expect(await ids()).toEqual([1, 2, 3, 4]);

    await advertisers.patch(1, { status: 'paused' });
    expect(await ids()).toEqual([2, 3, 4]);
    await campaigns.patch(2, { status: 'paused' });
    expect(await ids()).toEqual([3, 4]);
    await lineItems.archive(3);
    expect(await ids()).toEqual([4]);
    await creatives.archive(7);
    expect((await compileSnapshot(db)).lineItems[0]?.creativeIds).toEqual([8]);
    await creatives.archive(8);
    const empty = await compileSnapshot(db);
    expect([empty.lineItems, empty.creatives]).toEqual([[], []]);
    expect(empty.landings.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(empty.landings[0]?.clickUrl).toBe('https://example.com/taipei');
    expect((await compileSnapshot(db, Date.now() + 8 * 86_400_000)).landings).toEqual([]);
    expect(empty.zones.length).toBe(2);
    await sites.archive(1);
    const dark = await compileSnapshot(db);
    expect([dark.zones, dark.sites]).toEqual([[], []]);

    await sites.patch(1, { status: 'active' });
    await advertisers.patch(1, { status: 'active' });
    await campaigns.patch(2, { status: 'active' });
    await lineItems.patch(3, { status: 'active' });
    for (const id of [7, 8]) await creatives.patch(id, { status: 'active' });
    expect(await ids()).toEqual([1, 2, 3, 4]);
  });

  it('keeps a line item until its end, and also one that starts later', async () => {
    const { db } = database;
    const lineItems = createStore(db, lineItemDefinition);
    const end = Date.parse('2031-01-01T00:00:00Z');
    await lineItems.patch(1, { startAt: '2030-12-01T00:00:00Z', endAt: '2031-01-01T00:00:00Z' });
    const before = await compileSnapshot(db, end - 1);
    expect(before.lineItems[0]).toMatchObject({
      id: 1,
      startMs: Date.parse('2030-12-01T00:00:00Z'),
      endMs: end,
    });
    const after = await compileSnapshot(db, end);
    expect(after.lineItems.map(({ id }) => id)).toEqual([2, 3, 4]);
    expect(after.landings).toContainEqual({ id: 1, clickUrl: 'https://example.com/taipei' });
    await lineItems.patch(1, { startAt: null, endAt: null });
  });
});

describe('the publisher', () => {
  let publisher: SnapshotPublisher;
  beforeAll(async () => {
    publisher = startSnapshotPublisher({ db: database.db, dataDir, logger, pollMs: 25 });
    expect(await publisher.publishNow()).toBe(true);
  });
  afterAll(() => publisher.stop());

  it('writes the snapshot, and before it every image that it names', async () => {
    const snapshot = await onDisk();
    const expected = await compileSnapshot(database.db, snapshot.madeAtMs);
    expect(snapshot).toEqual({ segments: [], ...JSON.parse(JSON.stringify(expected)) });
    const files = await readdir(assetsDirectory(dataDir));
    expect(files.sort()).toEqual(
      snapshot.creatives.map((creative) => creative.type === 'image' && creative.asset).sort(),
    );
  });

  it('sees a change by somebody else, and leaves the file alone while nothing changes', async () => {
    const before = await stat(snapshotPath(dataDir));
    await publisher.publishNow();
    expect((await stat(snapshotPath(dataDir))).ino).toBe(before.ino);
    await database.db.updateTable('line_items').set({ weight: 7 }).where('id', '=', 2).execute();
    await vi.waitFor(async () => expect((await onDisk()).lineItems[1]?.weight).toBe(7), 20_000);
  });

  it('has a change on disk when publishNow resolves, whoever asked before', async () => {
    const zones = createStore(database.db, zoneDefinition);
    for (const name of ['a', 'b', 'c']) {
      void publisher.publishNow();
      const { id } = await database.db
        .transaction()
        .execute((transaction) =>
          zones.create({ siteId: 1, name, status: 'active', sizes: [[1, 1]] }, transaction),
        );
      const [first, second] = await Promise.all([publisher.publishNow(), publisher.publishNow()]);
      expect([first, second]).toEqual([true, true]);
      expect((await onDisk()).zones.map((zone) => zone.id)).toContain(id);
    }
  });

  it('brings back a snapshot and images that were deleted', async () => {
    await rm(dataDir, { recursive: true });
    await vi.waitFor(async () => expect((await onDisk()).zones.length).toBe(5), 20_000);
    expect((await readdir(assetsDirectory(dataDir))).length).toBe(8);
  });
});

describe('removing the demo inventory', () => {
  it('takes everything that is demo, and keeps what was added to it with the parents it needs', async () => {
    const { db } = database;
    const mine = {
      advertiserId: 2,
      name: 'Mine',
      status: 'active',
      category: null,
      caps: [],
      externalId: null,
    } as const;
    const added = await db
      .transaction()
      .execute((transaction) =>
        createStore(db, campaignDefinition).create({ ...mine, caps: [] }, transaction),
      );
    expect(await removeDemoInventory(db)).toEqual({ removed: 4 * 2 + 4 + 4 + 3 + 2, kept: 2 });
    expect(await demoZones(db)).toEqual([]);
    const advertisers = await createStore(db, advertiserDefinition).list('all', { limit: 50 });
    expect(advertisers.items).toMatchObject([{ id: 2, demo: false }]);
    const campaigns = await createStore(db, campaignDefinition).list('all', { limit: 50 });
    expect(campaigns.items).toMatchObject([{ id: added.id }]);
    expect(await db.selectFrom('assets').select('hash').execute()).toEqual([]);
    expect(await removeDemoInventory(db)).toEqual({ removed: 0, kept: 0 });
  });

  it('is for good', async () => {
    const { db } = database;
    for (const table of ['zones', 'sites', 'campaigns', 'advertisers'] as const)
      await db.deleteFrom(table).execute();
    expect(await seedDemoInventory(db)).toBe(false);
  });
});

describe('a publisher whose database is down', () => {
  it('leaves the last snapshot in place, says so once, and does not reject', async () => {
    const before = await readFile(snapshotPath(dataDir), 'utf8');
    const url = 'postgres://nobody@127.0.0.1:9/none';
    const down = await openDatabase({ url, dataDir, logger, migrate: false });
    log.length = 0;
    const publisher = startSnapshotPublisher({ db: down.db, dataDir, logger, pollMs: 10 });
    for (let n = 0; n < 5; n += 1) expect(await publisher.publishNow()).toBe(false);
    await publisher.stop();
    await down.close();
    expect(log.filter((line) => line.includes('cannot be published')).length).toBe(1);
    expect(await readFile(snapshotPath(dataDir), 'utf8')).toBe(before);
    expect(await publisher.publishNow()).toBe(false);
  });
});
