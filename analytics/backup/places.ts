import { quoteString } from '../clickhouse/sql-text.ts';

/** Where the engine writes a backup: a directory of this machine, or one on a disk that its own configuration names. */
export type BackupPlace =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'disk'; readonly disk: string; readonly path: string };

/** A backup is two: what names rows, and then the rows. */
export type BackupPart = 'names' | 'rows';

/** As BACKUP and RESTORE want it. */
export function placeSql(place: BackupPlace, part: BackupPart): string {
  const path = quoteString(`${place.path}/${part}`);
  return place.kind === 'directory' ? `File(${path})` : `Disk(${quoteString(place.disk)}, ${path})`;
}
