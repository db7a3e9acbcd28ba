import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { backUpClickHouse } from '../../../analytics/backup/back-up.ts';
import { restoreClickHouse } from '../../../analytics/backup/restore.ts';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { type ClickHouseFront, startClickHouseFront } from '../../support/clickhouse-front.ts';
import { silent } from '../clickhouse/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'signpost-server-disk-'));
let front: ClickHouseFront;
let clickhouse: ClickHouse;

/** A server without a disk for backups. */
beforeAll(async () => {
  front = await startClickHouseFront(folder);
  clickhouse = await openClickHouse({ url: front.url, dataDir: folder, logger: silent });
  await migrateClickHouse(clickhouse, silent);
});
afterAll(async () => {
  await clickhouse?.close();
  await front?.close();
  rmSync(folder, { recursive: true, force: true });
});

const place = { kind: 'disk', disk: 'attic', path: 'signpost/2026-11-23' } as const;
const plainly = {
  code: 'clickhouse_failed',
  message: expect.stringMatching(
    /disk "attic" of CLICKHOUSE_BACKUP_DISK, at signpost\/2026-11-23\..*storage_configuration.*allowed_disk.*It says: .*Disk/s,
  ),
};

it('says which setting and which part of the configuration a backup needs', async () => {
  await expect(backUpClickHouse(clickhouse, place, undefined)).rejects.toMatchObject(plainly);
});

it('says the same of a restore', async () => {
  const contents = {
    ...{ version: clickhouse.version, database: 'default', totals: {} },
    parts: { names: ['dropped_days'], rows: ['events'] },
  };
  const restored = restoreClickHouse({
    clickhouse,
    place,
    contents,
    base: undefined,
    database: 'trial',
    views: false,
  });
  await expect(restored).rejects.toMatchObject(plainly);
});
