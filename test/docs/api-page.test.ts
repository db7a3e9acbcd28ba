import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../server/database/index.ts';
import { type BackOffice, openBackOffice } from '../../server/processes/open-back-office.ts';
import { parseSettings } from '../../server/settings/index.ts';
import { copyMigratedDatabase } from '../support/migrated-database.ts';
import { runExamples } from './examples.ts';
import { plainPng } from './plain-png.ts';

const page = fileURLToPath(new URL('../../docs/api.md', import.meta.url));
const logger = pino({ level: 'silent' });
let dataDir: string;
let office: BackOffice;

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'signpost-docs-'));
  copyMigratedDatabase(dataDir);
  // The page begins in an empty installation.
  const { db, close } = await openDatabase({ url: undefined, dataDir, logger });
  await db.updateTable('installation').set({ demo_seeded_at: new Date() }).execute();
  await close();
  const settings = parseSettings({
    ...{ DATA_DIR: dataDir, GEO_DB: path.join(dataDir, 'none.mmdb'), PUBLIC_URL: 'https://ads.example.com' },
  });
  office = await openBackOffice({ settings, logger, port: 0, scheduled: false });
  writeFileSync(path.join(dataDir, 'taipei.png'), plainPng(300, 250));
});
afterAll(async () => {
  await office?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** `npx vitest run test/docs -u` writes into the page what its examples print now. */
it('docs/api.md shows what its examples print', async () => {
  const environment = {
    API: `http://127.0.0.1:${office.port}/api/v1`,
    AUTH: `Authorization: Bearer ${office.localToken}`,
  };
  const now = await runExamples(readFileSync(page, 'utf8'), environment, dataDir);
  await expect(now).toMatchFileSnapshot(page);
});
