import type { Kysely } from 'kysely';
import type { Tables } from '../database/index.ts';
import { type CheckedImage, checkImage } from './images.ts';

/**
 * Checks an image and stores it under its hash; the same bytes again change nothing.
 * @throws AppError as `checkImage` does.
 */
export async function storeAsset(db: Kysely<Tables>, bytes: Uint8Array): Promise<CheckedImage> {
  const image = await checkImage(bytes);
  await db
    .insertInto('assets')
    .values({
      hash: image.hash,
      content_type: image.contentType,
      width: image.width,
      height: image.height,
      bytes: image.bytes,
    })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
  return image;
}
