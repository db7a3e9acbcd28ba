import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type ClickHouse,
  migrateClickHouse,
  openClickHouse,
  shipSegments,
} from '../../../analytics/index.ts';
import type { Database } from '../../../server/database/index.ts';
import { learnCurves, PacingOffice, PacingStore, reconcilePacing } from '../../../server/pacing/index.ts';
import { openMigratedDatabase } from '../../support/migrated-database.ts';
import { pacedLineItem } from './fleet.ts';

const logger = pino({ level: 'silent' });
const signal = new AbortController().signal;
const hex = (value: number) => value.toString(16).padStart(16, '0');
let database: Database;
let clickhouse: ClickHouse;
let dataDir: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'signpost-reconcile-'));
  mkdirSync(join(dataDir, 'spool'));
  database = await openMigratedDatabase();
  clickhouse = await openClickHouse({ url: undefined, dataDir, logger });
  await migrateClickHouse(clickhouse, logger);
});
afterAll(async () => {
  await clickhouse.close();
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function ship(name: string, lines: readonly object[]): Promise<void> {
  const spoolDir = join(dataDir, 'spool');
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(join(spoolDir, `${Date.now()}_1_1_${name}_1.jsonl`), text);
  await shipSegments({ clickhouse, spoolDir, logger, signal });
}

describe('the reconciliation with ClickHouse', () => {
  it('brings in what no worker has reported, without duplicates and late events, and waits for the log', async () => {
    const lineItem = pacedLineItem(7, { goal: { metric: 'impressions', amount: 1000, per: 'day' } });
    writeFileSync(join(dataDir, 'snapshot.jsonl'), JSON.stringify({ version: 1, lineItems: [lineItem] }));
    let nowMs = Date.now();
    const pacing = new PacingOffice({ db: database.db, dataDir, logger, everyMs: 20, now: () => nowMs });
    await vi.waitFor(() => expect(pacing.controller).toBeDefined(), { timeout: 20_000 });
    const event = (id: number, more: object) => ({
      ...{ type: 'impression', id: hex(id), time: nowMs, visitor: hex(1), network: '1.2.3.0/24' },
      ...{ site: 1, zone: 1, line_item: 7, creative: 1 },
      ...more,
    });
    await ship('a', [
      ...[1, 2, 3, 3, 3].map((id) => event(id, {})),
      event(4, { not_counted: 'late' }),
      event(1, { type: 'click' }),
    ]);
    nowMs += 120_000;
    const parts = { db: database.db, clickhouse, dataDir, pacing };
    const begun = join(dataDir, 'spool', `${nowMs - 100_000_000}_1_1_b_1.open`);
    writeFileSync(begun, '');
    expect(await reconcilePacing(parts, nowMs, signal)).toEqual({ lineItems: 0, corrected: 0 });
    rmSync(begun);
    expect(await reconcilePacing(parts, nowMs, signal)).toEqual({ lineItems: 1, corrected: 1 });
    expect(pacing.controller?.state(7)?.total).toEqual({ impressions: 3, viewable: 0, clicks: 1 });
    expect(await reconcilePacing(parts, nowMs, signal)).toEqual({ lineItems: 1, corrected: 0 });
    await pacing.stop();
  });
});

describe('what is learnt from history', () => {
  it('is the curve of each site and of all', async () => {
    const advertiser = await database.db
      .insertInto('advertisers')
      .values({ name: 'A' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const campaign = await database.db
      .insertInto('campaigns')
      .values({ name: 'C', advertiser_id: advertiser.id })
      .returning('id')
      .executeTakeFirstOrThrow();
    await database.db
      .insertInto('line_items')
      .values({ name: 'L', campaign_id: campaign.id, type: 'house', time_zone: 'Asia/Taipei' })
      .execute();
    // 10:00 in Taipei, yesterday.
    const noon = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 86_400_000 + 2 * 3_600_000;
    const requests = Array.from({ length: 1500 }, (_, at) => ({
      ...{ type: 'ad_request', id: hex(1000 + at), time: noon + at, visitor: hex(1), network: '1.2.3.0/24' },
      ...{ site: at < 1200 ? 5 : 6, zone: 1, creative: 1 },
    }));
    await ship('c', requests);
    expect(await learnCurves({ db: database.db, clickhouse }, Date.now(), signal)).toEqual({ curves: 2 });
    const curves = await new PacingStore(database.db).curves();
    expect([...curves.keys()].sort()).toEqual(['0 Asia/Taipei', '5 Asia/Taipei']);
    const weights = curves.get('5 Asia/Taipei')?.weights ?? [];
    expect(weights.indexOf(Math.max(...weights))).toBe(40);
  });
});
