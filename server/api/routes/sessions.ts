import { z } from 'zod';
import { endSession, listSessions, sessionCookie, signIn } from '../../accounts/index.ts';
import type { SignInParts } from '../api.ts';
import { defineRoute, type Route, reply } from '../route.ts';
import { idParams } from './inventory.ts';

const signInSchema = z
  .strictObject({
    email: z.string().max(254),
    password: z.string().max(1000),
    code: z.string().max(40).optional().meta({
      description: 'Of the authenticator app, or a recovery code: for who has a second factor.',
    }),
  })
  .meta({ id: 'SignIn', example: { email: 'kim@example.com', password: 'three words and a number' } });
const sessionSchema = z
  .object({
    id: z.int(),
    browser: z.string().meta({ description: 'As it calls itself.' }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().meta({ description: 'To the minute.' }),
    current: z.boolean().meta({ description: 'Whether it is the one that asks.' }),
  })
  .meta({ id: 'Session' });
const cookie = {
  'Set-Cookie': {
    description: 'The session, for a month, or a week after its last use.',
    example: 'signpost_session=…; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000',
  },
};

/** Signing in with e-mail address and password, and out. */
export function sessionRoutes({ db, attempts, addressOf, sealer }: SignInParts): Route[] {
  const tag = 'Accounts';
  const access = {
    area: 'accounts',
    roles: { admin: 'own', adops: 'own', advertiser: 'own', publisher: 'own', analyst: 'own' },
  } as const;
  return [
    defineRoute({
      ...{ method: 'post', path: '/sessions', tag },
      access: 'public',
      operationId: 'signIn',
      summary: 'Sign in',
      body: { kind: 'json' as const, schema: signInSchema },
      errors: [
        'unauthorized',
        'second_factor_needed',
        'forbidden',
        'too_many_attempts',
        'database_unavailable',
      ],
      answer: {
        ...{ status: 201, description: 'Signed in.', headers: cookie },
        schema: z.object({ sessionId: z.int() }).meta({ id: 'SignedIn' }),
      },
      async handle({ body, request }) {
        const browser = request.headers['user-agent'] ?? '';
        const made = await signIn(db, attempts, sealer, { ...body, browser, address: addressOf(request) });
        const headers = { 'Set-Cookie': sessionCookie(request, made.token) };
        return reply.value({ sessionId: made.sessionId }, headers);
      },
    }),
    defineRoute({
      ...{ method: 'get', path: '/sessions', tag, access },
      operationId: 'listSessions',
      summary: 'List your sessions',
      answer: {
        ...{ status: 200, description: 'Those that have not ended.' },
        schema: z.object({ items: z.array(sessionSchema) }).meta({ id: 'SessionList' }),
      },
      async handle({ who }) {
        const items = (await listSessions(db, who)).map(({ createdAt, lastUsedAt, ...rest }) => ({
          ...rest,
          createdAt: createdAt.toISOString(),
          lastUsedAt: lastUsedAt.toISOString(),
        }));
        return reply.value({ items });
      },
    }),
    defineRoute({
      ...{ method: 'delete', path: '/sessions/{id}', tag, access, params: idParams },
      operationId: 'endSession',
      summary: 'End one of your sessions',
      description: 'The current one: sign out.',
      errors: ['not_found'],
      answer: { status: 204, description: 'Ended.' },
      async handle({ who, params, request }) {
        await endSession(db, who, params.id);
        const signsOut = params.id === who.sessionId;
        return reply.value(undefined, signsOut ? { 'Set-Cookie': sessionCookie(request) } : {});
      },
    }),
  ];
}
