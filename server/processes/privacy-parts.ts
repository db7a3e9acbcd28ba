import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { ClickHouse } from '../../analytics/index.ts';
import type { KeptFor, ScanParts } from '../privacy/index.ts';
import type { Settings } from '../settings/index.ts';
import { backupDirOf } from './backup-settings.ts';
import { archiveDirs } from './log-keeping.ts';

/** @param databases with `clickhouse` undefined another machine looks through the databases */
export function privacyParts(
  settings: Settings,
  databases: { readonly db: ScanParts['db']; readonly clickhouse: ClickHouse | undefined },
): ScanParts {
  return {
    ...databases,
    machine: hostname(),
    places: {
      dataDir: settings.DATA_DIR,
      archiveDir: join(settings.DATA_DIR, 'archive'),
      archiveDirs: archiveDirs(settings),
      backupDir: backupDirOf(settings),
      processLogs: (settings.PROCESS_LOGS ?? '')
        .split(',')
        .map((place) => place.trim())
        .filter((place) => place !== '')
        .map((place) => resolve(place)),
    },
    kept: keptFor(settings),
    own: ownNames(settings),
    scanMs: settings.PRIVACY_SCAN_MINUTES * 60_000,
  };
}

function keptFor(settings: Settings): KeptFor {
  return {
    eventsDays: settings.EVENTS_DAYS,
    rollupsDays: settings.ROLLUP_DAYS,
    archiveDays: settings.LOG_ARCHIVE_DAYS,
    auditDays: settings.AUDIT_LOG_DAYS,
    runsDays: settings.JOB_HISTORY_DAYS,
    memberSignInDays: settings.MEMBER_ADDRESS_DAYS,
    memberProofDays: settings.MEMBER_PROOF_DAYS,
    backups: {
      days: settings.BACKUP_KEEP_DAYS,
      weeks: settings.BACKUP_KEEP_WEEKS,
      months: settings.BACKUP_KEEP_MONTHS,
    },
  };
}

/** Addresses and mail addresses that settings name: the installation's own servers and proxies, and its sender. */
function ownNames(settings: Settings): ReadonlySet<string> {
  const urls = [
    ...[settings.DATABASE_URL, settings.CLICKHOUSE_URL, settings.SMTP_URL, settings.S3_URL],
    ...[settings.PUBLIC_URL, settings.CONSOLE_URL, settings.GEO_DB_URL, settings.MAXMIND_DOWNLOAD_URL],
  ].filter((url) => url !== undefined);
  const hosts = urls.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''));
  const lists = [settings.TRUST_PROXY, settings.METRICS_NETWORKS, settings.INTERNAL_NETWORKS];
  const listed = lists.flatMap((list) => list.split(/[\s,]+/)).map((entry) => entry.replace(/\/\d+$/, ''));
  const sender = /[^\s<]+@[^\s>]+/.exec(settings.MAIL_FROM ?? '')?.[0] ?? '';
  return new Set([...hosts, ...listed, settings.HOST, sender].map((name) => name.toLowerCase()));
}
