import type { Transaction } from 'kysely';
import type { Tables } from '../../database/index.ts';
import { findEntry } from '../bundle-entry.ts';
import { unpackBundle } from '../bundle-pack.ts';
import { bundleContentType } from '../bundles.ts';
import { fieldError } from '../store.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type WishedSize = { readonly [K in keyof Size]?: number | undefined };

/** An uploaded image's size. @throws AppError `invalid_input` where there is no such image */
export async function imageSize(
  transaction: Transaction<Tables>,
  hash: string,
  path = '/asset',
): Promise<Size> {
  const row = await transaction
    .selectFrom('assets')
    .select(['width', 'height', 'content_type'])
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (row === undefined) throw fieldError(path, 'there is no such asset: upload it with POST /assets');
  const { width, height, content_type } = row;
  if (width === null || height === null || content_type === bundleContentType) {
    throw fieldError(path, 'is a bundle and no image');
  }
  return { width, height };
}

/** The size shown: as wished, completed from the image. Rounding to whole pixels is allowed, distortion is not. */
export function shownSize(wished: WishedSize, image: Size): Size {
  const size = {
    width: wished.width ?? Math.round(((wished.height ?? image.height) * image.width) / image.height),
    height: wished.height ?? Math.round(((wished.width ?? image.width) * image.height) / image.width),
  };
  const fits =
    Math.abs(size.width - (size.height * image.width) / image.height) <= 1 ||
    Math.abs(size.height - (size.width * image.height) / image.width) <= 1;
  if (fits) return size;
  throw fieldError(
    wished.width === undefined ? '/height' : '/width',
    `${size.width}×${size.height} would distort the image, which measures ${image.width}×${image.height}`,
  );
}

/** @throws AppError `invalid_input` where the variant is not the image in twice its shown size, up to two pixels */
export async function checkDouble(
  transaction: Transaction<Tables>,
  hash: string,
  shown: Size,
): Promise<void> {
  const { width, height } = await imageSize(transaction, hash, '/asset2x');
  if (Math.abs(width - 2 * shown.width) <= 2 && Math.abs(height - 2 * shown.height) <= 2) return;
  throw fieldError(
    '/asset2x',
    `measures ${width}×${height}, and not ${2 * shown.width}×${2 * shown.height}: twice the size shown`,
  );
}

/**
 * A bundle's first file, and the size shown: as wished, completed from what the bundle says.
 * @throws AppError `invalid_input` where there is no such bundle, or nobody says its size
 */
export async function bundleFacts(
  transaction: Transaction<Tables>,
  hash: string,
  wished: WishedSize,
): Promise<Size & { entry: string }> {
  const row = await transaction
    .selectFrom('assets')
    .select(['width', 'height', 'bytes'])
    .where('hash', '=', hash)
    .where('content_type', '=', bundleContentType)
    .executeTakeFirst();
  if (row === undefined) throw fieldError('/asset', 'there is no such bundle: upload it with POST /bundles');
  const width = wished.width ?? row.width;
  const height = wished.height ?? row.height;
  if (width === null) throw fieldError('/width', 'is needed: the bundle has no meta element ad.size');
  if (height === null) throw fieldError('/height', 'is needed: the bundle has no meta element ad.size');
  const files = [...unpackBundle(Buffer.from(row.bytes)).values()];
  const { path } = findEntry(files.map((file) => ({ ...file, bytes: Buffer.from(file.bytes) })));
  return { width, height, entry: path };
}
