import { z } from 'zod';
import { prepareTagFiles, readTagSources } from '../../delivery/index.ts';
import { AppError } from '../../errors.ts';
import { createStore, zoneDefinition } from '../../inventory/index.ts';
import type { ApiDependencies } from '../api.ts';
import { defineRoute, type Route, reply } from '../route.ts';
import { idParams } from './inventory.ts';
import { tagTypes, type VersionedTag, zoneTag } from './tag-text.ts';

const example = zoneTag('async', 'https://ads.example.com', { id: 12, sizes: [[300, 250]] });

const tagSchema = z
  .object({
    type: z.enum(tagTypes),
    html: z.string().nullable().meta({
      description:
        'To paste where the ad shall be; null for json. In an image tag put an id of its own for each copy in the place of REPLACE.',
      example: example.html,
    }),
    url: z.string().meta({ description: 'What the tag loads first.', example: example.url }),
    integrity: z.string().nullable().meta({
      description: 'With sri=1: what the browser holds the script to.',
      example: null,
    }),
  })
  .meta({ id: 'ZoneTag' });

const querySchema = z.object({
  type: z
    .enum(tagTypes)
    .default('async')
    .meta({
      description:
        'async: a script for the page; iframe: a document of its own; image: for e-mail and pages without scripts; json: the address for servers and apps.',
      override: { default: 'async' },
    }),
  sri: z
    .enum(['0', '1'])
    .default('0')
    .meta({
      description:
        '1: names the version of the script that is served now, with its hash (Subresource Integrity). For async only.',
      override: { default: '0' },
    }),
});

/** The versions of the scripts that are built now; read at the first question. */
function versionedTag(): () => Promise<VersionedTag> {
  let version: Promise<VersionedTag> | undefined;
  return () => {
    version ??= readTagSources().then((sources) => prepareTagFiles(sources).versionedTag);
    version.catch(() => {
      version = undefined;
    });
    return version;
  };
}

export function tagRoutes({ db, publicUrl }: ApiDependencies): Route[] {
  const zones = createStore(db, zoneDefinition);
  const currentVersion = versionedTag();
  return [
    defineRoute({
      method: 'get',
      path: '/zones/{id}/tag',
      tag: 'Zones',
      operationId: 'getZoneTag',
      summary: "Get a zone's tag",
      access: { area: 'inventory', roles: { admin: 'all', adops: 'all', publisher: 'own' } },
      params: idParams,
      query: querySchema,
      errors: ['not_found'],
      answer: { status: 200, description: 'The tag.', schema: tagSchema },
      async handle({ who, params, query: { type, sri } }) {
        const zone = await zones.get(who.visible, params.id);
        if (sri === '1' && type !== 'async') {
          const fields = [{ path: '/sri', message: 'only a tag of the type async has a script to hold to' }];
          throw new AppError('invalid_input', 'The input does not fit: /sri is for async only.', { fields });
        }
        const version = sri === '1' ? await currentVersion() : undefined;
        return reply.value({
          type,
          ...zoneTag(type, publicUrl, zone, version),
          integrity: version?.integrity ?? null,
        });
      },
    }),
  ];
}
