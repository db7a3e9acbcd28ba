import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { BackupFolder, type Restored, restoreBackup } from '../../backup/index.ts';
import { AppError } from '../../errors.ts';
import type { Settings } from '../../settings/index.ts';
import { backupDirOf } from '../backup-settings.ts';
import { takeLock } from '../lock.ts';
import { withProgress } from './progress.ts';

/** What of a data directory is restored. */
const restoredFolders = ['postgres', 'clickhouse'] as const;
const scratchFolder = '.restoring';

/**
 * Restores a backup, the newest unless one is named. Embedded databases are replaced as the very last step, so that a
 * restore that fails leaves them as they were.
 * @throws AppError `data_dir_in_use` while Signpost runs, `conflict` where there are databases and `force` is not given
 */
export async function restore(
  settings: Settings,
  name: string | undefined,
  options: { force?: true },
): Promise<void> {
  const dataDir = settings.DATA_DIR;
  const backupDir = backupDirOf(settings);
  const folder = new BackupFolder(backupDir);
  const { name: found } = await folder.find(name);
  const unlock = [takeLock(dataDir, 'signpost')];
  try {
    unlock.push(takeLock(dataDir, 'back-office'));
    const force = options.force === true;
    checkEmpty(settings, force);
    const scratch = join(dataDir, scratchFolder);
    rmSync(scratch, { recursive: true, force: true });
    mkdirSync(scratch, { mode: 0o700 });
    const logger = pino({ level: 'error' }, pino.destination({ dest: 2, sync: true }));
    const source = { directory: folder.directoryOf(found), backupDir };
    const target = {
      ...{ dataDir: scratch, force },
      ...{ databaseUrl: settings.DATABASE_URL, clickhouseUrl: settings.CLICKHOUSE_URL },
    };
    const restored = await withProgress('Restore', () => restoreBackup(source, target, logger));
    moveIn(scratch, dataDir);
    process.stdout.write(summary(restored));
  } finally {
    rmSync(join(dataDir, scratchFolder), { recursive: true, force: true });
    for (const release of unlock.reverse()) release();
  }
}

/** @throws AppError `conflict` */
function checkEmpty(settings: Settings, force: boolean): void {
  const { DATA_DIR: dataDir, DATABASE_URL: databaseUrl, CLICKHOUSE_URL: clickhouseUrl } = settings;
  const urls = { postgres: databaseUrl, clickhouse: clickhouseUrl };
  const there = restoredFolders.some((name) => urls[name] === undefined && existsSync(join(dataDir, name)));
  if (!there || force) return;
  throw new AppError('conflict', `${dataDir} has databases in it. What is there is lost with --force.`);
}

/** The old ones are moved out of the way first: whenever it ends, nothing is half of one and half of the other. */
function moveIn(scratch: string, dataDir: string): void {
  const old = join(scratch, 'old');
  mkdirSync(old);
  const made = restoredFolders.filter((name) => existsSync(join(scratch, name)));
  for (const name of made) {
    if (existsSync(join(dataDir, name))) renameSync(join(dataDir, name), join(old, name));
  }
  for (const name of made) renameSync(join(scratch, name), join(dataDir, name));
}

function summary({ manifest, postgres, clickhouse }: Restored): string {
  const rows = Object.values(postgres).reduce((sum, count) => sum + count, 0);
  const events =
    clickhouse === undefined
      ? 'no events: the backup has none for here'
      : `${clickhouse['events'] ?? 0} events`;
  return `Restored ${manifest.name}, made ${manifest.madeAt}: ${rows} rows of PostgreSQL, ${events}.\n`;
}
