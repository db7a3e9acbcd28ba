import { Readable } from 'node:stream';
import { AppError } from '../../errors.ts';
import { createStore, creativeDefinition } from '../../inventory/index.ts';
import type { ApiDependencies } from '../api.ts';
import { defineRoute, type Route, reply } from '../route.ts';
import { idParams } from './inventory.ts';

/** What an image may do where somebody opens its address by itself: nothing, as an SVG could hold a script. */
const harmless = {
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'private, no-cache',
};

/** The image of a creative, for who looks it over; delivery serves it to everybody else. */
export function creativeFileRoute({ db }: ApiDependencies): Route {
  const creatives = createStore(db, creativeDefinition);
  return defineRoute({
    method: 'get',
    path: '/creatives/{id}/image',
    tag: 'Creatives',
    operationId: 'getCreativeImage',
    summary: 'Get the image of a creative',
    description: 'Of the types image and native. Others answer `not_found`.',
    access: { area: 'inventory', roles: { admin: 'all', adops: 'all', advertiser: 'own' } },
    params: idParams,
    errors: ['not_found'],
    answer: {
      ...{ status: 200, description: 'The file as it was uploaded.' },
      also: { 'image/png': { example: '(the bytes)' } },
    },
    async handle({ who, params }) {
      const creative = await creatives.get(who.visible, params.id);
      const hash = creative.type === 'image' || creative.type === 'native' ? creative.asset : null;
      const file =
        hash === null
          ? undefined
          : await db
              .selectFrom('assets')
              .select(['bytes', 'content_type'])
              .where('hash', '=', hash)
              .executeTakeFirst();
      if (file === undefined) throw new AppError('not_found', `Creative ${params.id} has no image.`);
      return reply.stream(file.content_type, Readable.from([file.bytes]), harmless);
    },
  });
}
