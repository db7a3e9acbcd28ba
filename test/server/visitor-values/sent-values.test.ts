import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sentValuesPath } from '../../../server/audience/index.ts';
import type { Database } from '../../../server/database/index.ts';
import { startSentValuesPublisher } from '../../../server/visitor-values/index.ts';
import { leaveValue } from '../../../server/visitor-values/store.ts';
import { openMigratedDatabase } from '../../support/migrated-database.ts';

const dayMs = 86_400_000;
const logger = pino({ level: 'silent' });
const dataDir = mkdtempSync(join(tmpdir(), 'signpost-sent-'));
let database: Database;
beforeAll(async () => {
  database = await openMigratedDatabase();
});
afterAll(async () => {
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

it('brings values to the workers, the last one of each, and drops those that nobody came for', async () => {
  const { db } = database;
  const { id } = await db
    .insertInto('advertisers')
    .values({ name: 'Tea House' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const clock = { nowMs: Date.UTC(2026, 10, 24) };
  const nowS = clock.nowMs / 1000;
  const publisher = startSentValuesPublisher({ db, dataDir, logger }, () => clock.nowMs);
  const lines = async () => {
    await publisher.publishNow();
    return readFileSync(sentValuesPath(dataDir), 'utf8').split('\n').filter(Boolean);
  };
  const [one, other] = ['1'.repeat(23), '2'.repeat(23)];
  expect(await lines()).toEqual([]);
  await leaveValue(db, id, one, 'cart', clock.nowMs);
  await leaveValue(db, id, one, 'bought', clock.nowMs + 1000);
  expect(await lines()).toEqual([JSON.stringify([id, one, nowS + 1, 'bought'])]);
  clock.nowMs += 13 * dayMs;
  const until = await leaveValue(db, id, other, '', clock.nowMs);
  expect(until.getTime()).toBe(clock.nowMs + 14 * dayMs);
  expect(await lines()).toHaveLength(2);
  clock.nowMs += 2 * dayMs;
  expect(await lines()).toEqual([JSON.stringify([id, other, nowS + (13 * dayMs) / 1000, ''])]);
  expect(await db.selectFrom('sent_values').selectAll().execute()).toHaveLength(1);
  await publisher.stop();
});
