import { z } from 'zod';
import { createStore, type Zone, zoneDefinition } from '../../inventory/index.ts';
import type { ApiDependencies } from '../api.ts';
import { defineRoute, type Route, reply } from '../route.ts';
import { idParams } from './inventory.ts';

const escapeAttribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

const tagSchema = z
  .object({
    html: z.string().meta({
      description: 'To paste where the ad shall be.',
      example: zoneTag('https://ads.example.com', { id: 12, sizes: [[300, 250]] }),
    }),
  })
  .meta({ id: 'ZoneTag' });

/** The tag of a zone. It reserves the zone's first size, so that the page does not move when the ad comes. */
function zoneTag(publicUrl: string, { id, sizes }: Pick<Zone, 'id' | 'sizes'>): string {
  const [width, height] = sizes[0] ?? [0, 0];
  return [
    `<script async src="${escapeAttribute(publicUrl)}/tag.js"></script>`,
    `<ins class="signpost" data-zone="${id}" style="display:inline-block;width:${width}px;height:${height}px"></ins>`,
  ].join('\n');
}

export function tagRoutes({ db, publicUrl }: ApiDependencies): Route[] {
  const zones = createStore(db, zoneDefinition);
  return [
    defineRoute({
      method: 'get',
      path: '/zones/{id}/tag',
      tag: 'Zones',
      operationId: 'getZoneTag',
      summary: "Get a zone's tag",
      auth: 'key',
      params: idParams,
      errors: ['not_found'],
      answer: { status: 200, description: 'HTML for the page.', schema: tagSchema },
      handle: async ({ params }) => reply.value({ html: zoneTag(publicUrl, await zones.get(params.id)) }),
    }),
  ];
}
