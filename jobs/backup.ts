import { type BackupParts, backupDue, makeBackup } from '../server/index.ts';
import type { Job } from './job.ts';

/** @param at a time of day like `02:30`, or `off`: only when asked for */
export function backupJob(parts: BackupParts, at: string, timeZone: string): Job {
  const [hour, minute] = at.split(':').map(Number);
  return {
    name: 'backup',
    description: 'Backs up PostgreSQL and ClickHouse, and restores the backup for a trial.',
    schedule: at === 'off' ? null : `0 ${minute} ${hour} * * *`,
    timeZone,
    mayTakeMs: 12 * 3_600_000,
    excludes: ['retention'],
    run: async ({ logger, now, signal }) => ({
      ...(await makeBackup(parts, { nowMs: now(), logger, signal })),
    }),
    plan: async ({ now }) => ({ ...(await backupDue(parts, now())) }),
  };
}
