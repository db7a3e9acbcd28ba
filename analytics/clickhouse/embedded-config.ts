import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Caches as small as an embedded engine's data needs: the defaults are up to 5 GiB each for marks and primary index.
 * Sizes are upper limits in bytes, filled as queries run.
 */
const cacheBytes = {
  mark_cache_size: 64 * 1024 * 1024,
  primary_index_cache_size: 64 * 1024 * 1024,
  index_mark_cache_size: 8 * 1024 * 1024,
  uncompressed_cache_size: 0,
  index_uncompressed_cache_size: 0,
  query_condition_cache_size: 8 * 1024 * 1024,
  compiled_expression_cache_size: 16 * 1024 * 1024,
} as const;

/**
 * Writes the engine's configuration file into the data directory and returns its path. `BACKUP` and `RESTORE` are
 * allowed under `backupDir`; only a configuration file can allow that.
 */
export async function writeEmbeddedConfig(dataDir: string, backupDir: string): Promise<string> {
  const file = path.resolve(dataDir, 'clickhouse-config.xml');
  const caches = Object.entries(cacheBytes).map(([name, bytes]) => `  <${name}>${bytes}</${name}>`);
  const backups = escapeXml(path.resolve(backupDir));
  const lines = [
    '<!-- Written by Signpost at every start. -->',
    '<clickhouse>',
    ...caches,
    `  <backups><allowed_path>${backups}</allowed_path></backups>`,
    '</clickhouse>',
    '',
  ];
  await writeFile(file, lines.join('\n'));
  return file;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
