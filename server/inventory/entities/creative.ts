import type { Transaction } from 'kysely';
import { z } from 'zod';
import type { Tables } from '../../database/index.ts';
import { caps, capsJson } from '../delivery-fields.ts';
import type { Cap } from '../delivery-terms.ts';
import { answered, clickUrlInput, commonOutput, demandStatus, id, name } from '../fields.ts';
import { maxImageSidePx } from '../images.ts';
import { type EntityDefinition, fieldError } from '../store.ts';

const lineItemId = id.meta({ description: 'The line item it belongs to; cannot change.', example: 8 });
const type = z.enum(['image']).meta({ example: 'image' });
const asset = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be the asset of an uploaded image: 64 hex digits')
  .meta({
    description: 'An image, as POST /assets answered.',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  });
const side = z.int().min(1).max(maxImageSidePx);
const width = side.meta({
  description:
    "In CSS pixels. Default: the image's. An image of higher resolution is shown smaller, in proportion.",
  example: 300,
});
const height = side.meta({ description: "In CSS pixels. Default: the image's.", example: 250 });
const alt = z.string().max(500).meta({
  description: 'Says the same as the image, for those who do not see it.',
  example: 'Taipei by night: flights from 199 dollars',
});

const createSchema = z
  .strictObject({
    lineItemId,
    name,
    status: demandStatus.default('active'),
    type: type.default('image'),
    asset,
    width: width.optional(),
    height: height.optional(),
    alt: alt.default(''),
    clickUrl: clickUrlInput,
    caps: caps.default([]),
  })
  .meta({
    id: 'CreativeCreate',
    example: {
      lineItemId: 8,
      name: 'Taipei 300×250',
      asset: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      alt: 'Taipei by night',
      clickUrl: 'https://example.com/taipei',
    },
  });
const patchSchema = z
  .strictObject({ name, status: demandStatus, asset, width, height, alt, clickUrl: clickUrlInput, caps })
  .partial()
  .meta({ id: 'CreativePatch', example: { clickUrl: 'https://example.com/taipei?from=ad' } });
const outputSchema = z
  .object({
    ...answered,
    lineItemId,
    name,
    status: demandStatus,
    type,
    asset,
    width,
    height,
    alt,
    clickUrl: z.string().meta({ example: 'https://example.com/taipei' }),
    caps,
  })
  .meta({ id: 'Creative', description: 'What is shown.' });

export type CreativeCreate = z.output<typeof createSchema>;
export type CreativePatch = z.output<typeof patchSchema>;
export type Creative = z.output<typeof outputSchema>;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size shown: as wished, completed from the image. Rounding to whole pixels is allowed, distortion is not. */
function shownSize(wished: { [K in keyof Size]?: number | undefined }, image: Size): Size {
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

async function imageSize(transaction: Transaction<Tables>, hash: string): Promise<Size> {
  const image = await transaction
    .selectFrom('assets')
    .select(['width', 'height'])
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (image === undefined) throw fieldError('/asset', 'there is no such asset: upload it with POST /assets');
  return image;
}

export const creativeDefinition: EntityDefinition<'creatives', CreativeCreate, CreativePatch, Creative> = {
  table: 'creatives',
  word: 'creative',
  parent: { table: 'line_items', word: 'line item', column: 'line_item_id', property: 'lineItemId' },
  createSchema,
  patchSchema,
  outputSchema,
  toOutput: (row) => ({
    ...commonOutput(row),
    lineItemId: row.line_item_id,
    status: row.status,
    type: row.type,
    asset: row.asset,
    width: row.width,
    height: row.height,
    alt: row.alt,
    clickUrl: row.click_url,
    caps: row.caps as Cap[],
  }),
  async toInsert({ lineItemId, clickUrl, width, height, caps, ...rest }, transaction) {
    const size = shownSize({ width, height }, await imageSize(transaction, rest.asset));
    return { ...rest, ...size, line_item_id: lineItemId, click_url: clickUrl, caps: capsJson(caps) };
  },
  async toUpdate({ clickUrl, width, height, caps, ...rest }, current, transaction) {
    const changes = {
      ...rest,
      click_url: clickUrl,
      caps: caps === undefined ? undefined : capsJson(caps),
    };
    if (rest.asset === undefined && width === undefined && height === undefined) return changes;
    const image = await imageSize(transaction, rest.asset ?? current.asset);
    return { ...changes, ...shownSize({ width, height }, image) };
  },
};
