import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GeoDbError } from './mmdb-file.ts';

/**
 * The `.mmdb` files of a folder, without those that are in the making: first those named, in that order, then the others
 * by the alphabet. None where there is no such folder.
 * @param first names without `.mmdb`
 * @throws GeoDbError where the folder cannot be read
 */
export async function mmdbFilesIn(folder: string, first: readonly string[]): Promise<readonly string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new GeoDbError(folder, `cannot be listed (${code})`, error);
  }
  const rank = (name: string) => {
    const at = first.indexOf(name.slice(0, -'.mmdb'.length));
    return at < 0 ? first.length : at;
  };
  return names
    .filter((name) => name.endsWith('.mmdb') && !name.startsWith('.'))
    .sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1))
    .map((name) => join(folder, name));
}
