import { join } from 'node:path';
import type { BackupPlace } from '../../analytics/index.ts';
import { clickhouseFolder, type Manifest } from './manifest.ts';

/**
 * Where the events of a backup are; undefined where it has none.
 * @param directory of the backup, wherever that is by now
 */
export function placeOf({ name, clickhouse }: Manifest, directory: string): BackupPlace | undefined {
  if (clickhouse === null) return undefined;
  return clickhouse.disk === null
    ? { kind: 'directory', path: join(directory, clickhouseFolder) }
    : { kind: 'disk', disk: clickhouse.disk, path: name };
}
