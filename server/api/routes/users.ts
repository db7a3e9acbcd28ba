import { z } from 'zod';
import {
  createUser,
  getUser,
  languages,
  listUsers,
  patchUser,
  roles,
  type User,
} from '../../accounts/index.ts';
import { entityId, entityName } from '../../inventory/index.ts';
import type { ApiDependencies } from '../api.ts';
import { defineRoute, type Route, reply } from '../route.ts';
import { idParams } from './inventory.ts';
import { pageFields } from './page-fields.ts';

const mostOwned = 1000;
const status = z
  .enum(['active', 'archived'])
  .meta({ description: 'Keys of an archived user let nobody in.' });
const fields = {
  name: entityName,
  email: z
    .email()
    .max(254)
    .nullable()
    .meta({ description: 'Nobody else may have it.', example: 'kim@example.com' }),
  role: z.enum(roles).meta({ description: 'What they may do.', example: 'advertiser' }),
  status,
  language: z.enum(languages).meta({ description: 'That they are written to in.', example: 'en' }),
  advertisers: z
    .array(entityId)
    .max(mostOwned)
    .meta({ description: 'Of the role advertiser, and of it alone: whose data.', example: [3] }),
  sites: z
    .array(entityId)
    .max(mostOwned)
    .meta({ description: 'Of the role publisher, and of it alone: whose data.', example: [] }),
};

const createSchema = z
  .strictObject({
    ...fields,
    email: fields.email.default(null),
    status: status.default('active'),
    language: fields.language.default('en'),
    advertisers: fields.advertisers.default([]),
    sites: fields.sites.default([]),
  })
  .meta({ id: 'UserCreate', example: { name: 'Kim', role: 'advertiser', advertisers: [3] } });
const patchSchema = z
  .strictObject(fields)
  .partial()
  .meta({ id: 'UserPatch', example: { role: 'adops', advertisers: [] } });
const timestamp = z.iso.datetime();
export const userSchema = z
  .object({ id: z.int(), ...fields, createdAt: timestamp, updatedAt: timestamp })
  .meta({ id: 'User' });
const listSchema = z
  .object({ items: z.array(userSchema), next: z.int().nullable() })
  .meta({ id: 'UserList' });

export function showUser(user: User): z.input<typeof userSchema> {
  return {
    ...user,
    advertisers: [...user.advertisers],
    sites: [...user.sites],
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
  };
}

/** For administrators: who may come in. */
export function userRoutes({ db }: ApiDependencies): Route[] {
  const tag = 'Accounts';
  const access = { area: 'accounts', roles: { admin: 'all' } } as const;
  const item = { path: '/users/{id}', tag, access, params: idParams } as const;
  return [
    defineRoute({
      ...{ method: 'get', path: '/users', tag, access },
      operationId: 'listUsers',
      summary: 'List users',
      query: z.object({ ...pageFields, status: status.optional() }),
      answer: { status: 200, description: 'A page, by ascending id.', schema: listSchema },
      async handle({ query }) {
        const { items, next } = await listUsers(db, { ...query, after: query.after, status: query.status });
        return reply.value({ items: items.map(showUser), next });
      },
    }),
    defineRoute({
      ...{ method: 'post', path: '/users', tag, access },
      operationId: 'createUser',
      summary: 'Create a user',
      description: 'A password link or an API key made for them is their way in.',
      body: { kind: 'json' as const, schema: createSchema },
      answer: {
        status: 201,
        description: 'Created.',
        schema: userSchema,
        headers: { Location: { description: 'Its address.', example: '/api/v1/users/12' } },
        tagged: true,
      },
      once: true,
      handle: ({ body, request, once }) =>
        once(async (transaction) => {
          const user = await createUser(transaction, body);
          return { value: showUser(user), headers: { Location: `${request.baseUrl}/users/${user.id}` } };
        }),
    }),
    defineRoute({
      ...item,
      method: 'get',
      operationId: 'getUser',
      summary: 'Read a user',
      errors: ['not_found'],
      answer: { status: 200, description: 'The user.', schema: userSchema, tagged: true },
      handle: async ({ params }) => reply.value(showUser(await getUser(db, params.id))),
    }),
    defineRoute({
      ...item,
      method: 'patch',
      operationId: 'updateUser',
      summary: 'Change a user',
      description: 'Holds from the next request on. The last administrator stays one.',
      body: { kind: 'json' as const, schema: patchSchema },
      matched: true,
      errors: ['not_found', 'conflict'],
      answer: { status: 200, description: 'As it is now.', schema: userSchema, tagged: true },
      handle: async ({ params, body, match }) =>
        reply.value(showUser(await patchUser(db, params.id, body, (user) => match(showUser(user))))),
    }),
    defineRoute({
      ...item,
      method: 'delete',
      operationId: 'archiveUser',
      summary: 'Archive a user',
      description: 'Their keys let nobody in, until they are made active again.',
      matched: true,
      errors: ['not_found', 'conflict'],
      answer: { status: 204, description: 'Archived, now or before.' },
      async handle({ params, match }) {
        await patchUser(db, params.id, { status: 'archived' }, (user) => match(showUser(user)));
        return reply.value(undefined);
      },
    }),
  ];
}
