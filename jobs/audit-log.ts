import { type Database, prunableAuditLog, pruneAuditLog } from '../server/index.ts';
import type { Job } from './job.ts';

const dayMs = 86_400_000;

/** @param keptDays how long a line of the audit log is kept */
export function auditLogJob(db: Database['db'], keptDays: number, timeZone: string): Job {
  const before = (nowMs: number) => new Date(nowMs - keptDays * dayMs);
  return {
    name: 'audit-log',
    description: 'Removes lines of the audit log that are older than AUDIT_LOG_DAYS.',
    schedule: '0 23 3 * * *',
    timeZone,
    run: async ({ now }) => ({ removed: await pruneAuditLog(db, before(now())) }),
    plan: async ({ now }) => ({ removed: await prunableAuditLog(db, before(now())) }),
  };
}
