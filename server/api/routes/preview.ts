import { z } from 'zod';
import { previewMs, signPreview, type TokenSigner } from '../../delivery/index.ts';
import { createStore, creativeDefinition } from '../../inventory/index.ts';
import type { ApiDependencies } from '../api.ts';
import { defineRoute, type Route, reply } from '../route.ts';
import { idParams } from './inventory.ts';

const previewSchema = z
  .object({
    preview: z.string().meta({
      description: 'Value of the parameter `preview` of /v1/ad: the answer is this creative, in any zone.',
    }),
    expiresAt: z.iso.datetime().meta({ description: 'Later requests with it are refused.' }),
  })
  .meta({ id: 'CreativePreview' });

/** Links that show one creative for a test; needs the signing keys that the delivery workers have. */
export function previewRoutes(
  { db }: Pick<ApiDependencies, 'db'>,
  signer: () => TokenSigner,
  now: () => number = Date.now,
): Route[] {
  const creatives = createStore(db, creativeDefinition);
  return [
    defineRoute({
      method: 'post',
      path: '/creatives/{id}/preview',
      tag: 'Creatives',
      operationId: 'previewCreative',
      audit: 'changesNothing',
      summary: 'Preview a creative',
      description:
        'Signs a parameter with which a request gets this creative, whoever would be chosen else. What is told of it is kept, and neither counted nor paid for. The creative has to be active, with all its parents.',
      access: { area: 'inventory', roles: { admin: 'all', adops: 'all', advertiser: 'own' } },
      params: idParams,
      errors: ['not_found'],
      answer: { status: 200, description: 'The parameter.', schema: previewSchema },
      async handle({ who, params }) {
        const { id } = await creatives.get(who.visible, params.id);
        const nowMs = now();
        return reply.value({
          preview: signPreview(signer(), id, nowMs),
          expiresAt: new Date(nowMs + previewMs).toISOString(),
        });
      },
    }),
  ];
}
