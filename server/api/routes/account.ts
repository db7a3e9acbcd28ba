import type { Kysely } from 'kysely';
import { z } from 'zod';
import {
  getUser,
  hasSecondFactor,
  type Identity,
  languages,
  patchOwn,
  roles,
  scopes,
} from '../../accounts/index.ts';
import type { Tables } from '../../database/index.ts';
import { AppError } from '../../errors.ts';
import { entityName } from '../../inventory/index.ts';
import type { ApiDependencies } from '../api.ts';
import { defineRoute, type Route, reply } from '../route.ts';
import { showUser, userSchema } from './users.ts';

const accountSchema = z
  .object({
    role: z.enum(roles),
    user: userSchema.nullable().meta({
      description: "null for an advertiser's own key, and for the command line of the server's machine.",
    }),
    apiKeyId: z.int().nullable(),
    sessionId: z.int().nullable().meta({ description: 'Which session asks; null: an API key does.' }),
    currency: z.string().meta({ description: 'Of prices, budgets and spend, ISO 4217.', example: 'EUR' }),
    secondFactor: z.boolean().meta({ description: 'Whether signing in takes a code of an app as well.' }),
    scopes: z.array(z.enum(scopes)).nullable().meta({ description: 'Of the key; null: all.' }),
    advertisers: z.array(z.int()).nullable().meta({ description: 'Whose data can be seen; null: of all.' }),
    sites: z.array(z.int()).nullable(),
  })
  .meta({ id: 'Account' });

const ownSchema = z
  .strictObject({
    name: entityName,
    language: z.enum(languages).meta({ description: 'To be written to in.' }),
  })
  .partial()
  .meta({ id: 'AccountPatch', example: { language: 'zh-TW' } });

/** Who one is, and what one may change of that. */
export function accountRoutes({ db, currency = 'USD' }: ApiDependencies): Route[] {
  const everybody = {
    admin: 'own',
    adops: 'own',
    advertiser: 'own',
    publisher: 'own',
    analyst: 'own',
  } as const;
  const common = { path: '/account', tag: 'Accounts' } as const;
  return [
    defineRoute({
      ...{ ...common, method: 'get', access: { area: null, roles: everybody } },
      operationId: 'getAccount',
      summary: 'Who am I?',
      answer: { status: 200, description: 'Who asks, and what they may.', schema: accountSchema },
      handle: async ({ who }) => reply.value(await shownAccount(db, who, currency)),
    }),
    defineRoute({
      ...{ ...common, method: 'patch', access: { area: 'accounts', roles: everybody } },
      operationId: 'updateAccount',
      summary: 'Change your name or language',
      body: { kind: 'json' as const, schema: ownSchema },
      errors: ['conflict'],
      answer: { status: 200, description: 'As it is now.', schema: accountSchema },
      async handle({ who, body }) {
        if (who.userId === null) throw new AppError('conflict', 'Who asks is no user.');
        await patchOwn(db, who.userId, body);
        return reply.value(await shownAccount(db, who, currency));
      },
    }),
  ];
}

async function shownAccount(
  db: Kysely<Tables>,
  who: Identity,
  currency: string,
): Promise<z.input<typeof accountSchema>> {
  const { role, userId, keyId, visible } = who;
  const owned = visible === 'all' ? { advertisers: null, sites: null } : visible;
  return {
    role,
    user: userId === null ? null : showUser(await getUser(db, userId)),
    apiKeyId: keyId,
    sessionId: who.sessionId,
    currency,
    secondFactor: userId !== null && (await hasSecondFactor(db, userId)),
    scopes: who.scopes === null ? null : [...who.scopes],
    advertisers: owned.advertisers === null ? null : [...owned.advertisers],
    sites: owned.sites === null ? null : [...owned.sites],
  };
}
