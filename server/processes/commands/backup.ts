import { BackupFolder } from '../../backup/index.ts';
import { AppError } from '../../errors.ts';
import type { Settings } from '../../settings/index.ts';
import { backupDirOf } from '../backup-settings.ts';
import { ranJob } from './jobs.ts';
import { withOffice } from './office-client.ts';
import { withProgress } from './progress.ts';
import { textTable } from './text-table.ts';

/** Makes a backup now, and says what it is. @throws AppError `internal` where it failed */
export async function backUp(settings: Settings): Promise<void> {
  const run = await withOffice(settings, (office) => withProgress('Backup', () => ranJob(office, 'backup')));
  if (run.outcome !== 'succeeded') throw new AppError('internal', run.error ?? 'The backup was interrupted.');
  const folder = new BackupFolder(backupDirOf(settings));
  const { name, clickhouse } = await folder.find(undefined);
  process.stdout.write(`Made and tried: ${folder.directoryOf(name)}\n`);
  if (clickhouse === null) {
    process.stdout.write('It has no events: CLICKHOUSE_BACKUP_DISK is not set.\n');
  }
}

export async function listBackups(settings: Settings): Promise<void> {
  const rows = (await new BackupFolder(backupDirOf(settings)).list()).map((backup) => [
    backup.name,
    backup.base ?? '–',
    `${(backup.bytes / 1e6).toFixed(1)} MB`,
    backup.clickhouse === null ? '–' : String(backup.clickhouse.totals['events'] ?? 0),
  ]);
  process.stdout.write(
    textTable(['backup', 'builds on', 'size', 'events'], rows, [false, false, true, true]),
  );
}
