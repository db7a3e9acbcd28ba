import type { IncomingMessage, ServerResponse } from 'node:http';
import { cookieValue } from '../../audience/cookies.ts';
import { AppError, problemOf } from '../../errors.ts';
import type { AskedBy } from '../../members/asked-by.ts';
import { type CookieOrder, cookiesHeader, forwardingHeaders } from '../../members/forwarding.ts';
import type { SigningKey } from '../../secrets/key-files.ts';
import type { Delivery } from '../delivery.ts';
import { type HeaderList, send, sendEmpty } from '../reply.ts';
import { readSmallBody } from '../request-body.ts';
import { answerMemberPage } from './member-pages.ts';
import { type AskingSite, askingSite } from './member-site.ts';
import type { OfficeAnswer, OfficeClient } from './office-client.ts';

const maxBodyBytes = 32 * 1024;
const allowedMethods = 'GET, POST, PUT, PATCH, DELETE';
const unsubscribePath = '/v1/members/unsubscribe';

/** What a worker forwards requests about members with. */
export interface MembersDoor {
  readonly office: OfficeClient;
  /** As they are now. */
  keys(): readonly SigningKey[];
}

interface Asked {
  readonly delivery: Delivery;
  readonly door: MembersDoor;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: string;
  readonly query: string;
}

/** Whether `answerMembers` answers this path. */
export function isMembersPath(path: string): boolean {
  return path === '/v1/members' || path.startsWith('/v1/members/');
}

/**
 * Members are kept by the back office, which visitors do not reach: a request is judged here as to which site's page sent
 * it, and forwarded with what is known of the visitor.
 */
export function answerMembers(
  delivery: Delivery,
  door: MembersDoor,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
): void {
  const { method } = request;
  if (method === 'GET' && (path.startsWith('/v1/members/page/') || path === unsubscribePath)) {
    answerMemberPage(delivery, request, response, path, query);
    return;
  }
  const asked: Asked = { delivery, door, request, response, query, url: request.url ?? path };
  if (delivery.inventory === undefined) {
    refuse(asked, undefined, unavailable());
    return;
  }
  // A mailbox does it by itself (RFC 8058): the token in the address is all there is, and all that is needed.
  const unsubscribes = path === unsubscribePath && method === 'POST';
  const site = unsubscribes
    ? { site: 0, origin: undefined }
    : askingSite(delivery.inventory, delivery.publicUrl, request, query);
  if (site === undefined) {
    const detail = 'Members are for the pages of their site alone: its domain is not the one of this page.';
    refuse(asked, undefined, new AppError('forbidden', detail));
  } else if (method === 'OPTIONS') {
    sendEmpty(response, 204, [
      ...leave(site),
      ...['Access-Control-Allow-Methods', allowedMethods, 'Access-Control-Allow-Headers', 'Content-Type'],
      ...['Access-Control-Max-Age', '86400', 'Allow', allowedMethods],
    ]);
  } else {
    readSmallBody(request, response, maxBodyBytes, 'A request about members', (body) => {
      void forward(asked, site, body);
    });
  }
}

async function forward(asked: Asked, site: AskingSite, body: Buffer): Promise<void> {
  const { door, request, response, url } = asked;
  const by = askedBy(asked, site.site);
  if (by === undefined) {
    response.destroy();
    return;
  }
  try {
    const method = request.method ?? 'GET';
    const type = request.headers['content-type'];
    const headers = {
      ...forwardingHeaders(door.keys(), by, { method, url, body }),
      ...(type === undefined ? {} : { 'Content-Type': type }),
    };
    answer(asked, site, await door.office.ask(method, url, headers, body));
  } catch {
    refuse(asked, site, unavailable());
  }
}

/** undefined where the connection is gone. */
function askedBy({ delivery, request, query }: Asked, site: number): AskedBy | undefined {
  const at = delivery.now();
  const client = delivery.clients.readConsented(request, at, query);
  const address = delivery.clients.addressOf(request);
  if (client === undefined || address === undefined) return undefined;
  const { country, region } = client.location;
  return {
    ...{ at, site, address, country: country ?? null, region: region ?? null },
    browser: (client.headers.userAgent ?? '').slice(0, 300),
    language: client.language,
    visitor: client.visitorKind === 'cookie' ? client.visitor : null,
    session: cookieValue(client.headers.cookie ?? '', 'member') || null,
  };
}

function answer(
  { delivery, response }: Asked,
  site: AskingSite,
  { status, headers, body }: OfficeAnswer,
): void {
  // While the back office starts it answers so to everything.
  if (status >= 500 && headers[cookiesHeader] === undefined)
    throw new Error(`the back office answers ${status}`);
  const order = JSON.parse(String(headers[cookiesHeader] ?? '{}')) as CookieOrder;
  const { cookies } = delivery.audience;
  const set: string[] = [];
  if (typeof order.session === 'string') set.push(cookies.set('member', order.session));
  if (order.session === null) set.push(cookies.clear('member'));
  if (order.forget === true) {
    for (const kind of ['visitor', 'interests', 'ads', 'advertisers'] as const) set.push(cookies.clear(kind));
  }
  const list = [
    ...['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff', ...leave(site)],
    ...passed.flatMap((name) => (headers[name] === undefined ? [] : [name, String(headers[name])])),
    ...set.flatMap((cookie) => ['Set-Cookie', cookie]),
  ];
  if (status === 204) sendEmpty(response, status, list);
  else send(response, status, list, body);
}

/** Headers of the back office that visitors get. */
const passed = ['content-type', 'content-disposition', 'retry-after', 'allow'] as const;

/** The page may read the answer, and send cookies along. */
function leave({ origin }: AskingSite): HeaderList {
  if (origin === undefined) return ['Vary', 'Origin'];
  return [
    ...['Vary', 'Origin', 'Access-Control-Allow-Origin', origin],
    ...['Access-Control-Allow-Credentials', 'true'],
  ];
}

function unavailable(): AppError {
  return new AppError('members_unavailable', 'Members cannot be reached at the moment. Try again later.');
}

function refuse({ response }: Asked, site: AskingSite | undefined, error: AppError): void {
  if (response.headersSent || response.destroyed) return;
  const headers = ['Content-Type', 'application/problem+json', 'Cache-Control', 'no-store'];
  if (error.status === 503) headers.push('Retry-After', '5');
  send(
    response,
    error.status,
    [...headers, ...(site === undefined ? [] : leave(site))],
    JSON.stringify(problemOf(error)),
  );
}
