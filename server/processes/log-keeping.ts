import { join, resolve } from 'node:path';
import type { LogKeeping } from '../../jobs/index.ts';
import type { Settings } from '../settings/index.ts';

export function logKeeping(settings: Settings): LogKeeping {
  const { LOG_ARCHIVE_STORE: store } = settings;
  return {
    spoolMaxBytes: settings.SPOOL_MAX_BYTES,
    archiveDays: settings.LOG_ARCHIVE_DAYS,
    storeDir: store === undefined ? undefined : resolve(store),
  };
}

/** Where this machine's log is after ClickHouse has it, the older days last. */
export function archiveDirs({ DATA_DIR: dataDir, LOG_ARCHIVE_STORE: store }: Settings): string[] {
  return [join(dataDir, 'archive'), ...(store === undefined ? [] : [resolve(store)])];
}
