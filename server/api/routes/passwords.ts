import { z } from 'zod';
import { changePassword, createPasswordLink, setPasswordByLink } from '../../accounts/index.ts';
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
    token: z.string().meta({ description: 'Shown this once.', example: 'spl_…' }),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'PasswordLink' });
const setSchema = z
  .strictObject({ token: z.string().max(200), password })
  .meta({ id: 'PasswordSet', example: { token: 'spl_…', password: 'three words and a number' } });
const changeSchema = z.strictObject({ current: z.string().max(1000), password }).meta({
  id: 'PasswordChange',
  example: { current: 'three words and a number', password: 'four other words' },
});

/** How people get a password, and change it. */
export function passwordRoutes({ db, attempts, addressOf }: SignInParts): Route[] {
  const tag = 'Accounts';
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
        const { token, expiresAt } = await createPasswordLink(db, who, params.id);
        return reply.value({ token, expiresAt: expiresAt.toISOString() });
      },
    }),
    defineRoute({
      ...{ method: 'post', path: '/passwords', tag },
      access: 'public',
      operationId: 'setPassword',
      summary: 'Set a password by link',
      description: 'Ends all sessions of the user. API keys stay.',
      body: { kind: 'json' as const, schema: setSchema },
      errors: ['forbidden', 'too_many_attempts', 'database_unavailable'],
      answer: { status: 204, description: 'Set. Sign in with it.' },
      async handle({ body, request }) {
        const attempt = attempts.begin(undefined, addressOf(request));
        await setPasswordByLink(db, body.token, body.password);
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
