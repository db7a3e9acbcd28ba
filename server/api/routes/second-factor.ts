import { z } from 'zod';
import {
  beginSecondFactor,
  confirmSecondFactor,
  getUser,
  removeOwnSecondFactor,
  removeSecondFactor,
} from '../../accounts/index.ts';
import type { SignInParts } from '../api.ts';
import { defineRoute, type Route, reply } from '../route.ts';
import { idParams } from './inventory.ts';

const begunSchema = z
  .object({
    secret: z.string().meta({ description: 'In base32, to be typed.', example: 'JBSWY3DPEHPK3PXP…' }),
    uri: z.string().meta({ description: 'For a QR code.', example: 'otpauth://totp/…' }),
  })
  .meta({ id: 'SecondFactorBegun' });
const confirmSchema = z
  .strictObject({ code: z.string().max(40).meta({ description: 'What the app shows.' }) })
  .meta({ id: 'SecondFactorConfirm', example: { code: '492039' } });
const confirmedSchema = z
  .object({
    recoveryCodes: z.array(z.string()).meta({
      description: 'Shown this once. Each stands in for a code of the app one time.',
      example: ['0f3a-91bc-77d0-12ee'],
    }),
  })
  .meta({ id: 'SecondFactorConfirmed' });
const removeSchema = z
  .strictObject({ password: z.string().max(1000) })
  .meta({ id: 'SecondFactorRemoval', example: { password: 'three words and a number' } });

/** Codes of an authenticator app, beside the password. */
export function secondFactorRoutes({ db, attempts, addressOf, sealer }: SignInParts): Route[] {
  const own = {
    tag: 'Accounts',
    access: {
      area: 'accounts',
      roles: { admin: 'own', adops: 'own', advertiser: 'own', publisher: 'own', analyst: 'own' },
    },
  } as const;
  return [
    defineRoute({
      ...{ ...own, method: 'post', path: '/account/second-factor' },
      operationId: 'beginSecondFactor',
      summary: 'Get a secret for an authenticator app',
      description: 'Nothing is asked for at signing in before a code of the app has confirmed it.',
      errors: ['conflict'],
      answer: { status: 201, description: 'The secret.', schema: begunSchema },
      handle: async ({ who }) => reply.value(await beginSecondFactor(db, sealer, who)),
    }),
    defineRoute({
      ...{ ...own, method: 'post', path: '/account/second-factor/confirmation' },
      operationId: 'confirmSecondFactor',
      summary: 'Confirm the authenticator app',
      description: 'From now on signing in takes a code.',
      body: { kind: 'json' as const, schema: confirmSchema },
      errors: ['too_many_attempts'],
      answer: { status: 200, description: 'Codes for when the app is lost.', schema: confirmedSchema },
      async handle({ who, body, request }) {
        const asked = { code: body.code, address: addressOf(request) };
        return reply.value({
          recoveryCodes: [...(await confirmSecondFactor(db, sealer, who, attempts, asked))],
        });
      },
    }),
    defineRoute({
      ...{ ...own, method: 'post', path: '/account/second-factor/removal' },
      operationId: 'removeOwnSecondFactor',
      summary: 'Remove your second factor',
      body: { kind: 'json' as const, schema: removeSchema },
      errors: ['too_many_attempts'],
      answer: { status: 204, description: 'Removed.' },
      async handle({ who, body, request }) {
        const asked = { password: body.password, address: addressOf(request) };
        await removeOwnSecondFactor(db, who, attempts, asked);
        return reply.value(undefined);
      },
    }),
    defineRoute({
      ...{ method: 'delete', path: '/users/{id}/second-factor', tag: own.tag, params: idParams },
      access: { area: 'accounts', roles: { admin: 'all' } },
      operationId: 'removeSecondFactor',
      summary: "Remove a user's second factor",
      description: 'For who has lost the app and the recovery codes.',
      errors: ['not_found'],
      answer: { status: 204, description: 'Removed, now or before.' },
      async handle({ params }) {
        const { id } = await getUser(db, params.id);
        await removeSecondFactor(db, id);
        return reply.value(undefined);
      },
    }),
  ];
}
