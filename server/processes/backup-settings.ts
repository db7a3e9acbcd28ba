import { join } from 'node:path';
import type { ClickHouse } from '../../analytics/index.ts';
import type { BackupParts } from '../backup/index.ts';
import type { Settings } from '../settings/index.ts';
import { tryRestore } from './try-restore.ts';

export function backupDirOf({ BACKUP_DIR: backupDir, DATA_DIR: dataDir }: Settings): string {
  return backupDir ?? join(dataDir, 'backups');
}

export function backupParts(
  settings: Settings,
  databases: { readonly db: BackupParts['db']; readonly clickhouse: ClickHouse },
): BackupParts {
  return {
    ...databases,
    backupDir: backupDirOf(settings),
    clickhouseDisk: settings.CLICKHOUSE_BACKUP_DISK,
    keep: {
      days: settings.BACKUP_KEEP_DAYS,
      weeks: settings.BACKUP_KEEP_WEEKS,
      months: settings.BACKUP_KEEP_MONTHS,
    },
    tryRestore: tryRestore(backupDirOf(settings)),
  };
}
