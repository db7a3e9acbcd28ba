export { type MailParts, sendMails } from './accounts/index.ts';
export { prunableAuditLog, pruneAuditLog } from './audit/index.ts';
export { type BackupParts, backupDue, makeBackup } from './backup/index.ts';
export { type Database, type JobOutcome, openDatabase } from './database/index.ts';
export { type DemoTrafficParts, sendDemoTraffic } from './demo/traffic.ts';
export { AppError } from './errors.ts';
export { learnCurves, learnRates, type PacingOffice, reconcilePacing } from './pacing/index.ts';
export { type DeliveryParts, deliverReports, reportsDue } from './reporting/index.ts';
export { dayKeysDue, signingKeysDue, syncDayKeys, syncSigningKeys } from './secrets/index.ts';
