export {
  type AuditEvent,
  type AuditLine,
  hasRecord,
  prunableAuditLog,
  pruneAuditLog,
  readAuditLog,
  recordEvent,
} from './audit-log.ts';
