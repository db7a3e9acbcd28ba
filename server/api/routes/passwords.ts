import { z } from 'zod';
import {
  changePassword,
  createAdminLink,
  createPasswordLink,
  type PasswordLink,
  setPasswordByLink,
} from '../../accounts/index.ts';
import { AppError } from '../../errors.ts';
import { entityName } from '../../inventory/index.ts';
import type { SignInParts } from '../api.ts';
import { defineRoute, type Route, reply } from '../route.ts';
import { idParams } from './inventory.ts';

const password = z
  .string()
  .min(12, 'must have at least 12 characters')
  .max(200)
  .meta({ description: 'At least 12 characters, whichever.', example: 'three words and a number' });
const linkSchema = z
  .object({
    token: z.string().meta({
      description: 'Shown this once. Beginning with `spa_` it asks for an e-mail address, and a name, too.',
      example: 'spl_…',
    }),
    url: z.string().meta({
      description: 'The page of the console that takes it.',
      example: 'https://console.example.com/welcome#token=spl_…',
    }),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'PasswordLink' });
const setSchema = z
  .strictObject({
    token: z.string().max(200),
    password,
    name: entityName
      .optional()
      .meta({ description: 'For who has no e-mail address yet, like the first administrator.' }),
    email: z
      .email()
      .max(254)
      .optional()
      .meta({ description: 'What to sign in with: needed by who has none yet, and for them alone.' }),
  })
  .meta({ id: 'PasswordSet', example: { token: 'spl_…', password: 'three words and a number' } });
const changeSchema = z.strictObject({ current: z.string().max(1000), password }).meta({
  id: 'PasswordChange',
  example: { current: 'three words and a number', password: 'four other words' },
});

/** The page of the console that takes a link's token; after the #, so that it is in no log of a server. */
export const welcomeUrl = (consoleUrl: string, token: string): string =>
  `${consoleUrl}/welcome#token=${token}`;

/** How people get a password, and change it. */
export function passwordRoutes({ db, attempts, addressOf, consoleUrl }: SignInParts): Route[] {
  const tag = 'Accounts';
  const shown = ({ token, expiresAt }: PasswordLink) => ({
    ...{ token, url: welcomeUrl(consoleUrl, token) },
    expiresAt: expiresAt.toISOString(),
  });
  return [
    defineRoute({
      ...{ method: 'post', path: '/users/{id}/password-links', tag, params: idParams },
      access: { area: 'accounts', roles: { admin: 'all' } },
      operationId: 'createPasswordLink',
      summary: 'Invite a user, or let them set a new password',
      description:
        'Whoever has the token sets the password, once, within three days. Earlier ones of the user end. Not for keys with scopes.',
      errors: ['not_found', 'conflict'],
      answer: { status: 201, description: 'The token.', schema: linkSchema },
      async handle({ who, params }) {
        return reply.value(shown(await createPasswordLink(db, who, params.id)));
      },
    }),
    defineRoute({
      ...{ method: 'post', path: '/admin-links', tag },
      access: { area: 'accounts', roles: { admin: 'all' } },
      operationId: 'createAdminLink',
      summary: 'Get the link for the first administrator',
      description:
        'As long as no administrator has a password. An earlier one ends. Not for keys with scopes.',
      errors: ['conflict'],
      answer: { status: 201, description: 'The link.', schema: linkSchema },
      async handle({ who }) {
        if (who.scopes !== null) throw new AppError('forbidden', 'A key with scopes cannot make it.');
        const link = await createAdminLink(db);
        if (link !== undefined) return reply.value(shown(link));
        throw new AppError('conflict', 'There is an administrator with a password, who can invite others.');
      },
    }),
    defineRoute({
      ...{ method: 'post', path: '/passwords', tag },
      access: 'public',
      operationId: 'setPassword',
      summary: 'Set a password by link',
      description: 'Ends all sessions of the user. API keys stay.',
      body: { kind: 'json' as const, schema: setSchema },
      errors: ['forbidden', 'too_many_attempts', 'database_unavailable', 'conflict'],
      answer: { status: 204, description: 'Set. Sign in with it.' },
      async handle({ body, request }) {
        const attempt = attempts.begin(undefined, addressOf(request));
        await setPasswordByLink(db, body);
        attempt.succeeded();
        return reply.value(undefined);
      },
    }),
    defineRoute({
      ...{ method: 'put', path: '/account/password', tag },
      access: {
        area: 'accounts',
        roles: { admin: 'own', adops: 'own', advertiser: 'own', publisher: 'own', analyst: 'own' },
      },
      operationId: 'changePassword',
      summary: 'Change your password',
      description: 'Ends your other sessions. API keys stay.',
      body: { kind: 'json' as const, schema: changeSchema },
      errors: ['too_many_attempts'],
      answer: { status: 204, description: 'Changed.' },
      async handle({ who, body, request }) {
        await changePassword(db, who, attempts, { ...body, address: addressOf(request) });
        return reply.value(undefined);
      },
    }),
  ];
}
