import { z } from 'zod';
import { queueInvitation, queueReset } from '../../accounts/index.ts';
import { AppError } from '../../errors.ts';
import type { SignInParts } from '../api.ts';
import { defineRoute, type Route, reply } from '../route.ts';
import { idParams } from './inventory.ts';

const resetSchema = z
  .strictObject({ email: z.email().max(254) })
  .meta({ id: 'PasswordReset', example: { email: 'kim@example.com' } });
const noMail = () =>
  new AppError('conflict', 'Signpost sends no mail: SMTP_URL is not set. An administrator can make a link.');

/** Links to set a password with, by mail. */
export function mailRoutes({ db, attempts, addressOf, mails }: SignInParts): Route[] {
  const tag = 'Accounts';
  return [
    defineRoute({
      ...{ method: 'post', path: '/users/{id}/invitations', tag, params: idParams },
      access: { area: 'accounts', roles: { admin: 'all' } },
      operationId: 'inviteUser',
      summary: 'Mail a user a link to set a password',
      description:
        'In their language. Earlier links of the user end when it is sent. Not for keys with scopes.',
      errors: ['not_found', 'conflict'],
      answer: { status: 204, description: 'It will be sent.' },
      async handle({ who, params, record }) {
        if (mails === undefined) throw noMail();
        await queueInvitation(db, who, params.id);
        await record({ action: 'invite', entity: 'user', id: params.id });
        mails.wake();
        return reply.value(undefined);
      },
    }),
    defineRoute({
      ...{ method: 'post', path: '/password-resets', tag },
      access: 'public',
      operationId: 'resetPassword',
      summary: 'Ask for a link to set a new password',
      description: 'By mail, to whoever has the address. The answer does not tell whether anybody has.',
      body: { kind: 'json' as const, schema: resetSchema },
      errors: ['forbidden', 'conflict', 'too_many_attempts', 'database_unavailable'],
      answer: { status: 204, description: 'It will be sent, if there is anybody.' },
      async handle({ body, request, record }) {
        if (mails === undefined) throw noMail();
        // Never succeeds: each counts.
        attempts.begin(`reset ${body.email}`, addressOf(request));
        await queueReset(db, body.email);
        await record({ action: 'password_reset' });
        mails.wake();
        return reply.value(undefined);
      },
    }),
  ];
}
