import { type Request, type Response, Router } from 'express';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { checkJsonType, parseJson, readBody } from '../api/body.ts';
import { parseBody } from '../api/input.ts';
import { databaseProblem } from '../database/index.ts';
import { languageOf } from '../delivery/privacy/words.ts';
import { AppError, problemOf } from '../errors.ts';
import { fieldError } from '../inventory/index.ts';
import type { SigningKey } from '../secrets/key-files.ts';
import type { AskedBy } from './asked-by.ts';
import {
  addressSchema,
  changeSchema,
  eraseSchema,
  newsSchema,
  passwordByLinkSchema,
  passwordSchema,
  registerSchema,
  resetSchema,
  signInSchema,
  tokenSchema,
} from './fields.ts';
import {
  askedHeader,
  type CookieOrder,
  cookiesHeader,
  readForwarded,
  signatureHeader,
} from './forwarding.ts';
import {
  askNewAddress,
  askNewPassword,
  chooseNews,
  type MemberServices,
  patchMember,
  register,
  requirePassword,
  sessionMember,
  setMemberPassword,
  setPasswordByMemberLink,
  signInMember,
  signInsOf,
  signOutMember,
  verifyAddress,
} from './member-accounts.ts';
import { findMember } from './member-store.ts';
import { unsubscribedMember } from './personal.ts';
import { eraseAsked, exportAsked } from './requests.ts';
import { shownMember } from './shown-member.ts';

const maxBodyBytes = 32 * 1024;

interface Asked {
  readonly services: MemberServices;
  readonly by: AskedBy;
  readonly query: URLSearchParams;
  /** @throws AppError `unsupported_type`, `malformed_json`, `invalid_input` */
  body<Schema extends z.ZodType>(schema: Schema): z.output<Schema>;
}

interface Answered {
  readonly status?: 200 | 201 | 202 | 204;
  readonly value?: unknown;
  readonly cookies?: CookieOrder;
  readonly fileName?: string;
}

type Handler = (asked: Asked) => Promise<Answered>;

/** Members' own requests, by method and path below /v1/members. */
const handlers: Readonly<Record<string, Handler>> = {
  'POST ': async ({ services, by, body }) => {
    const { news, preferences, ...rest } = body(registerSchema);
    await register(services, by, {
      ...rest,
      preferences: { ...preferences, language: preferences.language ?? languageOf(by.language) },
      newsWording: news?.wording,
    });
    return { status: 202, value: { status: 'verify' } };
  },
  'POST /verify': async ({ services, body }) => {
    await verifyAddress(services, body(tokenSchema).token);
    return { value: { status: 'verified', signedIn: false } };
  },
  'POST /sessions': async ({ services, by, body }) => {
    const { token, member } = await signInMember(services, by, body(signInSchema));
    return { status: 201, value: { member: shownMember(member) }, cookies: { session: token } };
  },
  'DELETE /sessions/current': async ({ services, by }) => {
    await signOutMember(services, by);
    return { status: 204, cookies: { session: null } };
  },
  'GET /me': async ({ services, by }) => ({ value: shownMember(await sessionMember(services, by)) }),
  'PATCH /me': async ({ services, by, body }) => {
    const { row } = await sessionMember(services, by);
    return { value: shownMember(await patchMember(services, row.id, body(changeSchema))) };
  },
  'PUT /me/password': async ({ services, by, body }) => {
    const member = await sessionMember(services, by);
    const { current, password } = body(passwordSchema);
    await requirePassword(services, member, current, '/current', by.address);
    await setMemberPassword(services, member.row.id, password, member.session);
    return { status: 204 };
  },
  'PUT /me/email': async ({ services, by, body }) => {
    const member = await sessionMember(services, by);
    const { email, password } = body(addressSchema);
    await requirePassword(services, member, password, '/password', by.address);
    await askNewAddress(services, member, email);
    return { status: 202, value: { status: 'verify' } };
  },
  'PUT /me/news': async ({ services, by, body }) => {
    const member = await sessionMember(services, by);
    return { value: shownMember(await chooseNews(services, member, body(newsSchema), 'account')) };
  },
  'GET /me/sign-ins': async ({ services, by }) => {
    const { row, key } = await sessionMember(services, by);
    return { value: { items: await signInsOf(services, row.id, key) } };
  },
  'GET /me/export': async ({ services, by }) => {
    const member = await sessionMember(services, by);
    const asked = { source: 'member', verifiedBy: 'password', userId: null } as const;
    return { value: await exportAsked(services, member, asked), fileName: 'my-data.json' };
  },
  'DELETE /me': async ({ services, by, body }) => {
    const member = await sessionMember(services, by);
    await requirePassword(services, member, body(eraseSchema).password, '/password', by.address);
    const asked = { source: 'member', verifiedBy: 'password', userId: null } as const;
    const done = await eraseAsked(services, member, asked);
    return { value: { erased: true, ...done }, cookies: { session: null, forget: true } };
  },
  'POST /password-resets': async ({ services, by, body }) => {
    await askNewPassword(services, by, body(resetSchema).email);
    return { status: 202, value: {} };
  },
  'POST /passwords': async ({ services, by, body }) => {
    const attempt = services.attempts.begin(undefined, by.address);
    const { token, password } = body(passwordByLinkSchema);
    await setPasswordByMemberLink(services, token, password);
    attempt.succeeded();
    return { status: 204 };
  },
  'POST /unsubscribe': async ({ services, query }) => {
    const id = unsubscribedMember(services.keys.lookupKey, query.get('token') ?? '');
    if (id === undefined) throw fieldError('/token', 'is none of ours');
    const member = await findMember(services, id);
    // Of who is gone, or has done it before, there is nothing to change.
    if (member?.row.news === true) {
      await chooseNews(services, member, { optIn: false, wording: 'List-Unsubscribe' }, 'unsubscribe_link');
    }
    return { value: { status: 'unsubscribed' } };
  },
};

const paths = new Set(Object.keys(handlers).map((name) => name.slice(name.indexOf(' ') + 1)));

export interface VisitorDoor {
  readonly services: MemberServices;
  readonly logger: Logger;
  /** Of delivery workers, as they are now. */
  keys(): readonly SigningKey[];
}

/** What delivery workers forward from visitors, to be mounted at `/v1/members`. Nobody else is listened to. */
export function membersRouter({ services, logger, keys }: VisitorDoor): Router {
  const router = Router();
  router.use((request: Request, response: Response) => {
    answer(request, services, keys()).then(
      (answered) => sendAnswer(response, answered),
      (error: unknown) => sendRefusal(response, error, request, logger),
    );
  });
  return router;
}

async function answer(
  request: Request,
  services: MemberServices,
  keys: readonly SigningKey[],
): Promise<Answered> {
  const { method, originalUrl: url, headers } = request;
  const bytes = await readBody(request, maxBodyBytes);
  const told = { asked: text(headers[askedHeader]), signature: text(headers[signatureHeader]) };
  const by = readForwarded(keys, told, { method, url, body: bytes }, Date.now());
  if (by === undefined) throw new AppError('forbidden', 'Members are reached through the delivery port.');
  const mark = url.indexOf('?');
  const path = url.slice('/v1/members'.length, mark < 0 ? undefined : mark);
  const handler = handlers[`${method} ${path}`];
  if (handler === undefined) {
    if (!paths.has(path)) throw new AppError('not_found', 'There is nothing at this address.');
    throw new AppError('method_not_allowed', `${method} does not fit here.`);
  }
  return handler({
    ...{ services, by, query: new URLSearchParams(mark < 0 ? '' : url.slice(mark)) },
    body(schema) {
      checkJsonType(headers['content-type']);
      return parseBody(schema, parseJson(bytes));
    },
  });
}

const text = (header: string | string[] | undefined) => (typeof header === 'string' ? header : undefined);

function sendAnswer(response: Response, { status = 200, value, cookies = {}, fileName }: Answered): void {
  response.setHeader(cookiesHeader, JSON.stringify(cookies));
  if (fileName !== undefined) {
    response.setHeader('Content-Disposition', `attachment; filename="${fileName}"`);
  }
  if (status === 204) response.writeHead(204).end();
  else {
    response
      .writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' })
      .end(JSON.stringify(value));
  }
}

function sendRefusal(response: Response, error: unknown, { method }: Request, logger: Logger): void {
  const known =
    error instanceof AppError
      ? error
      : (databaseProblem(error) ?? new AppError('internal', 'The request failed.', { cause: error }));
  if (known.status >= 500) {
    const { name, message, stack } = (known.cause ?? known) as Error;
    logger.error({ method, code: known.code, err: { type: name, message, stack } }, 'member request failed');
  }
  const shown =
    known.status === 503
      ? new AppError('members_unavailable', 'Members cannot be reached at the moment. Try again later.')
      : known;
  response
    .writeHead(shown.status, {
      ...{ 'Content-Type': 'application/problem+json', [cookiesHeader]: '{}' },
      ...(shown.status === 503 ? { 'Retry-After': '5' } : {}),
    })
    .end(JSON.stringify(problemOf(shown)));
}
