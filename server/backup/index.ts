export { BackupFolder } from './folder.ts';
export { backupsToKeep, type KeepScheme, type KeptBackup } from './keep.ts';
export {
  type BackupCounts,
  type BackupParts,
  backupDue,
  makeBackup,
  type TrialRestore,
} from './make-backup.ts';
export type { Manifest } from './manifest.ts';
export { type Restored, restoreBackup } from './restore-backup.ts';
