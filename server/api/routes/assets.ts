import { z } from 'zod';
import { imageContentTypes, maxImageBytes, storeAsset } from '../../inventory/index.ts';
import type { ApiDependencies } from '../api.ts';
import { defineRoute, type Route, reply } from '../route.ts';

const assetSchema = z
  .object({
    asset: z.string().meta({
      description: 'SHA-256 of the bytes in hex: what a creative names its image by.',
      example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    }),
    contentType: z.enum(imageContentTypes).meta({ description: 'As the bytes say.' }),
    width: z.int(),
    height: z.int(),
    bytes: z.int().meta({ description: 'Size of the file.' }),
  })
  .meta({ id: 'Asset' });

export function assetRoutes({ db }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/assets',
      tag: 'Assets',
      operationId: 'uploadAsset',
      summary: 'Upload an image',
      description: 'The body is the file itself. The same file again answers the same.',
      access: { area: 'inventory', roles: { admin: 'all', adops: 'all' } },
      body: {
        kind: 'raw' as const,
        contentTypes: [...imageContentTypes, 'application/octet-stream'],
        description: `PNG, JPEG, GIF, WebP or AVIF, also animated, or SVG without a document type; at most ${maxImageBytes} bytes and 4096×4096 pixels.`,
        maxBytes: maxImageBytes,
      },
      errors: ['image_broken', 'invalid_input'],
      answer: { status: 201, description: 'Checked and stored.', schema: assetSchema },
      async handle({ body }) {
        const { hash, contentType, width, height, bytes } = await storeAsset(db, body);
        return reply.value({ asset: hash, contentType, width, height, bytes: bytes.byteLength });
      },
    }),
  ];
}
