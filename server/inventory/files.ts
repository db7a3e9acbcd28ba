import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.ts';
import type { InventorySnapshot, SnapshotCreative } from './snapshot.ts';

/** Where delivery finds the snapshot. */
export const snapshotPath = (dataDir: string): string => path.join(dataDir, 'snapshot.jsonl');
/** Where delivery finds the images that the snapshot names. */
export const assetsDirectory = (dataDir: string): string => path.join(dataDir, 'assets');

/** Writes a file so that whoever reads it sees the old content or the new, also after a crash. */
export async function writeAtomically(
  file: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, 'w', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Files of the assets folder that a creative needs. */
function assetsOf(creative: SnapshotCreative): string[] {
  if (creative.type === 'html' || creative.type === 'text' || creative.asset === null) return [];
  const asset2x = creative.type === 'image' ? creative.asset2x : undefined;
  return asset2x === undefined ? [creative.asset] : [creative.asset, asset2x];
}

/** Writes the images and bundles that the snapshot names and the folder does not have. */
export async function writeAssets(
  db: Kysely<Tables>,
  directory: string,
  snapshot: InventorySnapshot,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const present = new Set(await readdir(directory));
  const missing = new Set(snapshot.creatives.flatMap(assetsOf).filter((file) => !present.has(file)));
  // One by one: an asset may have 10 MB, and there may be thousands at the first start of a machine.
  for (const file of missing) {
    const row = await db
      .selectFrom('assets')
      .select('bytes')
      .where('hash', '=', path.parse(file).name)
      .executeTakeFirst();
    // Gone with its creative since the snapshot was made; the next one will not name it.
    if (row !== undefined) await writeAtomically(path.join(directory, file), row.bytes);
  }
}
