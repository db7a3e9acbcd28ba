import { join, resolve } from 'node:path';
import type { LogKeeping } from '../../jobs/index.ts';
import type { ShippedTotals } from '../metrics/index.ts';
import type { Settings } from '../settings/index.ts';

/** What becomes of the log, and what has been shipped since the process began. */
export function logKeeping(settings: Settings): { log: LogKeeping; shipped: ShippedTotals } {
  const { LOG_ARCHIVE_STORE: store } = settings;
  const shipped: ShippedTotals = { rows: 0, bytes: 0, rejectedLines: 0 };
  const log: LogKeeping = {
    spoolMaxBytes: settings.SPOOL_MAX_BYTES,
    archiveDays: settings.LOG_ARCHIVE_DAYS,
    storeDir: store === undefined ? undefined : resolve(store),
    onShipped({ rows, bytes, rejectedLines }) {
      shipped.rows += rows;
      shipped.bytes += bytes;
      shipped.rejectedLines += rejectedLines;
    },
  };
  return { log, shipped };
}

/** Where this machine's log is after ClickHouse has it, the older days last. */
export function archiveDirs({ DATA_DIR: dataDir, LOG_ARCHIVE_STORE: store }: Settings): string[] {
  return [join(dataDir, 'archive'), ...(store === undefined ? [] : [resolve(store)])];
}
