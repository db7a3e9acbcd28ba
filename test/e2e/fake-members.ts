import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { answerMemberPage } from '../../server/delivery/members/member-pages.ts';
import { buildBundle } from '../support/browser.ts';

interface Fake {
  email: string;
  password: string;
  verified: boolean;
  name: string | null;
  preferences: Record<string, unknown>;
  news: { optedIn: boolean; at: string | null; wording?: string };
}

export interface FakeMembers {
  /** Of delivery. */
  readonly origin: string;
  /** Of a site's page, on another port of the same host. */
  readonly site: string;
  readonly members: Fake[];
  /** `method path?query`, in order. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** Delivery's side of `/v1/members` as the pages see it, in memory; and a page of a site with the tag. */
export async function startFakeMembers(): Promise<FakeMembers> {
  const scripts = new Map<string, string>(
    await Promise.all(
      (['members', 'member-pages'] as const).map(
        async (name) => [`/${name}.js`, await buildBundle(`server/tag/${name}.ts`)] as const,
      ),
    ),
  );
  const members: Fake[] = [];
  const asked: string[] = [];
  let signedIn: Fake | undefined;
  const shown = (member: Fake) => ({
    ...{
      id: 1,
      site: 3,
      email: member.email,
      name: member.name,
      profile: {},
      preferences: member.preferences,
    },
    ...{ news: { optedIn: member.news.optedIn, at: member.news.at } },
    ...{ createdAt: '2026-11-24T01:00:00.000Z', verifiedAt: '2026-11-24T01:01:00.000Z' },
  });
  const problem = (status: number, code: string, path?: string) => ({
    status,
    body: { code, detail: code, errors: path === undefined ? [] : [{ path, message: 'is wrong' }] },
  });

  // biome-ignore lint/suspicious/noExplicitAny: bodies of many forms
  function answer(call: string, body: any): { status: number; body?: unknown } {
    const [member] = members;
    if (call === 'POST ') {
      const news = { optedIn: false, at: null, wording: body.news?.wording };
      members[0] = { name: null, preferences: { language: 'de' }, verified: false, ...body, news };
      return { status: 202, body: { status: 'verify' } };
    }
    if (call === 'POST /verify') {
      if (body.token !== 'good' || member === undefined) return problem(422, 'invalid_input', '/token');
      member.verified = true;
      return { status: 200, body: { status: 'verified', signedIn: false } };
    }
    if (call === 'POST /sessions') {
      if (!member?.verified || member.email !== body.email || member.password !== body.password)
        return problem(401, 'unauthorized');
      signedIn = member;
      return { status: 201, body: { member: shown(member) } };
    }
    if (call === 'POST /passwords') {
      if (body.token !== 'good' || member === undefined) return problem(422, 'invalid_input', '/token');
      member.password = body.password;
      return { status: 204 };
    }
    if (call === 'POST /password-resets') return { status: 202, body: {} };
    if (call === 'POST /unsubscribe') return { status: 200, body: { status: 'unsubscribed' } };
    if (signedIn === undefined) return problem(401, 'unauthorized');
    switch (call) {
      case 'GET /me':
        return { status: 200, body: shown(signedIn) };
      case 'PATCH /me':
        Object.assign(signedIn.preferences, body.preferences);
        if ('name' in body) signedIn.name = body.name;
        return { status: 200, body: shown(signedIn) };
      case 'PUT /me/news':
        signedIn.news = { optedIn: body.optIn, at: '2026-11-24T01:02:00.000Z', wording: body.wording };
        return { status: 200, body: shown(signedIn) };
      case 'GET /me/sign-ins':
        return {
          status: 200,
          body: {
            items: [
              {
                at: '2026-11-24T01:02:00.000Z',
                country: 'DE',
                region: 'DE-BY',
                address: null,
                browser: 'Chrome',
              },
            ],
          },
        };
      case 'GET /me/export':
        return { status: 200, body: { member: shown(signedIn) } };
      case 'PUT /me/password':
        return body.current === signedIn.password
          ? { status: 204 }
          : problem(422, 'invalid_input', '/current');
      case 'DELETE /sessions/current':
        signedIn = undefined;
        return { status: 204 };
      case 'DELETE /me':
        if (body.password !== signedIn.password) return problem(422, 'invalid_input', '/password');
        members.length = 0;
        signedIn = undefined;
        return { status: 200, body: { erased: true, request: 1, removed: {} } };
      default:
        return problem(404, 'not_found');
    }
  }

  const delivery = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, search } = new URL(request.url ?? '', 'http://x');
    const script = scripts.get(pathname);
    if (script !== undefined) {
      response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(script);
      return;
    }
    const isPage = pathname.startsWith('/v1/members/page/') || pathname === '/v1/members/unsubscribe';
    if (isPage && request.method === 'GET') {
      answerMemberPage(undefined as never, request, response, pathname, search.slice(1));
      return;
    }
    const headers = {
      'Access-Control-Allow-Origin': request.headers.origin ?? '*',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Methods': 'GET, POST, PATCH, PUT, DELETE',
      'Access-Control-Allow-Headers': 'Content-Type',
    };
    if (request.method === 'OPTIONS') {
      response.writeHead(204, headers).end();
      return;
    }
    const body = await text(request);
    asked.push(`${request.method} ${pathname}${search}`);
    const call = `${request.method} ${pathname.replace('/v1/members', '')}`;
    const { status, body: value } = answer(call, body === '' ? undefined : JSON.parse(body));
    response.writeHead(status, { ...headers, 'Content-Type': 'application/json' });
    response.end(value === undefined ? undefined : JSON.stringify(value));
  });
  const origin = await listening(delivery);
  const site = createServer((_request, response) => {
    response
      .writeHead(200, {
        'Content-Type': 'text/html',
        'Content-Security-Policy': `default-src 'none'; script-src ${origin}; connect-src ${origin}`,
      })
      .end(`<!doctype html><title>Shop</title><script src="${origin}/members.js" data-site="3"></script>`);
  });
  const siteOrigin = await listening(site);
  return {
    ...{ origin, site: siteOrigin, members, asked },
    close: async () => {
      for (const server of [delivery, site]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
