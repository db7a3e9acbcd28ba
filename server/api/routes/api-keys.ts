import { z } from 'zod';
import { type ApiKey, createApiKey, listApiKeys, revokeApiKey, scopes } from '../../accounts/index.ts';
import { entityId, entityName } from '../../inventory/index.ts';
import type { ApiDependencies } from '../api.ts';
import { defineRoute, type Route, reply } from '../route.ts';
import { idParams } from './inventory.ts';
import { pageFields } from './page-fields.ts';

const keyScopes = z
  .array(z.enum(scopes))
  .min(1)
  .meta({
    description: 'What the key is for, within what its owner may do. `write` includes `read`.',
    example: ['reports:read'],
  });
const createSchema = z
  .strictObject({
    name: entityName,
    userId: entityId.optional().meta({ description: 'Whose key. Default: of who asks.' }),
    advertiserId: entityId.optional().meta({
      description: 'In place of a user: the key sees what belongs to this advertiser.',
    }),
    scopes: keyScopes.optional().meta({ description: 'Default: those of the key that makes it.' }),
  })
  .meta({ id: 'ApiKeyCreate', example: { name: 'Nightly download', scopes: ['reports:read'] } });
const keySchema = z
  .object({
    id: z.int(),
    name: z.string(),
    userId: z.int().nullable(),
    advertiserId: z.int().nullable(),
    scopes: keyScopes.nullable().meta({ description: 'null: all that its owner may do.' }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable().meta({ description: 'To the minute; null: never.' }),
    revokedAt: z.iso.datetime().nullable().meta({ description: 'null while it lets somebody in.' }),
  })
  .meta({ id: 'ApiKey' });
const createdSchema = keySchema
  .extend({ key: z.string().meta({ description: 'Shown this once.', example: 'sp_…' }) })
  .meta({ id: 'ApiKeyCreated' });
const listSchema = z
  .object({ items: z.array(keySchema), next: z.int().nullable() })
  .meta({ id: 'ApiKeyList' });

function show(key: ApiKey): z.input<typeof keySchema> {
  return {
    ...key,
    scopes: key.scopes === null ? null : [...key.scopes],
    createdAt: key.createdAt.toISOString(),
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
  };
}

/** One's own keys, and those of the advertisers whose data one sees. */
export function apiKeyRoutes({ db }: ApiDependencies): Route[] {
  const tag = 'Accounts';
  const access = {
    area: 'accounts',
    roles: { admin: 'all', adops: 'own', advertiser: 'own', publisher: 'own', analyst: 'own' },
  } as const;
  return [
    defineRoute({
      ...{ method: 'get', path: '/api-keys', tag, access },
      operationId: 'listApiKeys',
      summary: 'List API keys',
      description: "One's own, and those of advertisers whose data one sees; also those that were revoked.",
      query: z.object(pageFields),
      answer: { status: 200, description: 'A page, by ascending id.', schema: listSchema },
      async handle({ who, query }) {
        const { items, next } = await listApiKeys(db, who, { limit: query.limit, after: query.after });
        return reply.value({ items: items.map(show), next });
      },
    }),
    defineRoute({
      ...{ method: 'post', path: '/api-keys', tag, access },
      operationId: 'createApiKey',
      summary: 'Create an API key',
      description: 'The key is in this answer and nowhere else: only a hash of it is kept.',
      body: { kind: 'json' as const, schema: createSchema },
      answer: { status: 201, description: 'The key.', schema: createdSchema },
      async handle({ who, body }) {
        const { key, made } = await createApiKey(db, who, body);
        return reply.value({ ...show(made), key });
      },
    }),
    defineRoute({
      ...{ method: 'delete', path: '/api-keys/{id}', tag, access },
      operationId: 'revokeApiKey',
      summary: 'Revoke an API key',
      description: 'It lets nobody in any more. It stays in the list.',
      params: idParams,
      errors: ['not_found'],
      answer: { status: 204, description: 'Revoked, now or before.' },
      async handle({ who, params }) {
        await revokeApiKey(db, who, params.id);
        return reply.value(undefined);
      },
    }),
  ];
}
