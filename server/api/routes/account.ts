import { z } from 'zod';
import { getUser, roles, scopes } from '../../accounts/index.ts';
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
    scopes: z.array(z.enum(scopes)).nullable().meta({ description: 'Of the key; null: all.' }),
    advertisers: z.array(z.int()).nullable().meta({ description: 'Whose data can be seen; null: of all.' }),
    sites: z.array(z.int()).nullable(),
  })
  .meta({ id: 'Account' });

export function accountRoute({ db }: ApiDependencies): Route {
  return defineRoute({
    method: 'get',
    path: '/account',
    tag: 'Accounts',
    operationId: 'getAccount',
    summary: 'Who am I?',
    access: {
      area: null,
      roles: { admin: 'own', adops: 'own', advertiser: 'own', publisher: 'own', analyst: 'own' },
    },
    answer: { status: 200, description: 'Who asks, and what they may.', schema: accountSchema },
    async handle({ who }) {
      const { role, userId, keyId, visible } = who;
      const owned = visible === 'all' ? { advertisers: null, sites: null } : visible;
      return reply.value({
        role,
        user: userId === null ? null : showUser(await getUser(db, userId)),
        apiKeyId: keyId,
        sessionId: who.sessionId,
        scopes: who.scopes === null ? null : [...who.scopes],
        advertisers: owned.advertisers === null ? null : [...owned.advertisers],
        sites: owned.sites === null ? null : [...owned.sites],
      });
    },
  });
}
