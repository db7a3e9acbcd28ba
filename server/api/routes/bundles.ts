import { z } from 'zod';
import { maxBundleFiles, maxUnpackedBytes, maxZipBytes, storeBundle } from '../../inventory/index.ts';
import type { ApiDependencies } from '../api.ts';
import { defineRoute, type Route, reply } from '../route.ts';

const bundleSchema = z
  .object({
    asset: z.string().meta({
      description: 'SHA-256 in hex: what a creative of the type html5 names its bundle by.',
      example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    }),
    entry: z.string().meta({ description: 'The file that is shown.', example: 'index.html' }),
    width: z
      .int()
      .nullable()
      .meta({ description: 'As its meta element ad.size says; null where it has none.' }),
    height: z.int().nullable(),
    files: z.int(),
    bytes: z.int().meta({ description: 'Size of its files together.' }),
    clickTag: z.boolean().meta({
      description: 'Whether any of its files speaks of a clickTag. Without, a click on it leads nowhere.',
    }),
  })
  .meta({ id: 'Bundle' });

export function bundleRoutes({ db }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/bundles',
      tag: 'Assets',
      operationId: 'uploadBundle',
      summary: 'Upload an HTML5 bundle',
      description: 'The body is the zip itself. The same files again answer the same.',
      access: { area: 'inventory', roles: { admin: 'all', adops: 'all' } },
      body: {
        kind: 'raw' as const,
        contentTypes: ['application/zip', 'application/octet-stream'],
        description: `A zip with an index.html and what it loads, by relative addresses; at most ${maxZipBytes} bytes, ${maxUnpackedBytes} unpacked, and ${maxBundleFiles} files.`,
        maxBytes: maxZipBytes,
      },
      errors: ['bundle_broken', 'invalid_input'],
      answer: { status: 201, description: 'Checked and stored.', schema: bundleSchema },
      async handle({ body }) {
        const { hash, entry, width, height, files, bytes, clickTag } = await storeBundle(db, body);
        return reply.value({ asset: hash, entry, width, height, files, bytes, clickTag });
      },
    }),
  ];
}
