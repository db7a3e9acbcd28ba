import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import { findEntry, withClickTag } from './bundle-entry.ts';
import { packBundle } from './bundle-pack.ts';
import { maxZipBytes, readZip } from './bundle-zip.ts';

export const bundleContentType = 'application/vnd.signpost.bundle';

export interface CheckedBundle {
  /** SHA-256 of the packed bundle, in hex. */
  readonly hash: string;
  readonly entry: string;
  /** As the bundle itself says; null where it does not. */
  readonly width: number | null;
  readonly height: number | null;
  readonly files: number;
  /** Of the files together. */
  readonly bytes: number;
  /** Whether any of its files speaks of a click tag; without, a click on it leads nowhere. */
  readonly clickTag: boolean;
  readonly pack: Uint8Array;
}

/**
 * Checks a zip and makes of it what delivery serves. The same files in the same order have the same hash.
 * @throws AppError as `readZip` and `findEntry` do, `body_too_large`
 */
export async function checkBundle(zip: Buffer): Promise<CheckedBundle> {
  if (zip.byteLength > maxZipBytes) {
    throw new AppError(
      'body_too_large',
      `The bundle has ${zip.byteLength} bytes; at most ${maxZipBytes} are allowed.`,
    );
  }
  const files = await readZip(zip);
  const entry = findEntry(files);
  const pack = packBundle(files.map((file) => (file.path === entry.path ? withClickTag(file) : file)));
  return {
    hash: createHash('sha256').update(pack).digest('hex'),
    entry: entry.path,
    width: entry.size?.width ?? null,
    height: entry.size?.height ?? null,
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
    clickTag: files.some(({ contentType, bytes }) => speaksOfClickTag(contentType, bytes)),
    pack,
  };
}

function speaksOfClickTag(contentType: string, bytes: Buffer): boolean {
  return /html|javascript/.test(contentType) && /clicktag/i.test(bytes.toString('latin1'));
}

/** As `checkBundle`, and stores it under its hash; the same again changes nothing. */
export async function storeBundle(db: Kysely<Tables>, zip: Buffer): Promise<CheckedBundle> {
  const bundle = await checkBundle(zip);
  await db
    .insertInto('assets')
    .values({
      hash: bundle.hash,
      content_type: bundleContentType,
      width: bundle.width,
      height: bundle.height,
      bytes: bundle.pack,
    })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
  return bundle;
}
