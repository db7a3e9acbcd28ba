import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BackOffice, openBackOffice } from '../../../server/processes/open-back-office.ts';
import { parseSettings } from '../../../server/settings/index.ts';
import { copyMigratedDatabase } from '../../support/migrated-database.ts';
import { type Answer, ask } from '../api/harness.ts';

interface Operation {
  readonly method: string;
  readonly address: string;
  readonly body: { readonly schema: Schema; readonly example: unknown } | undefined;
  readonly query: readonly string[];
}
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema & { readonly example?: unknown }>>;
  };
}
interface OperationObject {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
}

let dataDir: string;
let office: BackOffice;
let origin: string;
let document: Document;
let operations: readonly Operation[];
const log: string[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'signpost-hostile-'));
  copyMigratedDatabase(dataDir);
  const settings = parseSettings({ DATA_DIR: dataDir, GEO_DB: path.join(dataDir, 'none.mmdb') });
  const logger = pino({ level: 'error' }, { write: (line: string) => log.push(line) });
  office = await openBackOffice({ settings, logger, port: 0, scheduled: false });
  origin = `http://127.0.0.1:${office.port}`;
  document = (await ask(`${origin}/api/v1/openapi.json`)).body as unknown as Document;
  operations = Object.entries(document.paths).flatMap(([address, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => {
      const schema = requestBody?.content['application/json']?.schema;
      return {
        ...{ method: method.toUpperCase(), address },
        body: schema && { schema, example: exampleOf(schema) },
        query: parameters.filter((each) => each.in === 'query').map(({ name }) => name),
      };
    }),
  );
});
afterAll(async () => {
  await office?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const named = (schema: Schema): Schema & { readonly example?: unknown } =>
  document.components.schemas[schema.$ref?.split('/').at(-1) ?? ''] ?? schema;
const exampleOf = (schema: Schema): unknown => named(schema).example;

/** As administrator, who gets furthest in. */
function call(method: string, address: string, body?: unknown, headers: object = {}): Promise<Answer> {
  return ask(`${origin}/api/v1${address}`, {
    method,
    headers: {
      Authorization: `Bearer ${office.localToken}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

/** Sent as they are: `fetch` would mend them. */
async function raw(request: string): Promise<string> {
  const socket = connect(office.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end(request);
  return text(socket);
}

const markup = '<script>alert(1)</script><img src=x onerror=alert(1)>\u202e';

describe('whoever wants more than a form gives', () => {
  it('finds no body that takes fields that are not described', () => {
    const open = operations.flatMap(({ method, address, body }) =>
      body === undefined || isClosed(body.schema) ? [] : [`${method} ${address}`],
    );
    expect(operations.filter(({ body }) => body !== undefined).length).toBeGreaterThan(20);
    expect(open).toEqual([]);
  });

  it('changes nothing that is not theirs to set', async () => {
    const stolen = {
      ...{ id: 1, role: 'admin', userId: 1, status: 'active', demo: true, createdAt: '2001-01-01T00:00:00Z' },
      ...{ password: 'three words and a number', hash: 'x', scopes: null, __proto__: { admin: true } },
    };
    const taken: string[] = [];
    for (const { method, address, body } of operations) {
      if (body === undefined) continue;
      const example = typeof body.example === 'object' ? body.example : {};
      const known = propertiesOf(body.schema);
      for (const [field, value] of Object.entries(stolen)) {
        if (known.has(field)) continue;
        const answer = await call(method, address.replaceAll(/\{\w+\}/g, '1'), {
          ...example,
          [field]: value,
        });
        if (answer.status < 400) taken.push(`${method} ${address} took ${field}`);
      }
    }
    expect(taken).toEqual([]);
  }, 120_000);
});

describe('hostile input', () => {
  const ids = [
    '0',
    '-1',
    '1e3',
    '99999999999999999999',
    '1%00',
    '..%2f..%2fetc%2fpasswd',
    "1'--",
    '%F0%9F%92%A9',
  ];
  const bodies = [
    ...['null', '[]', '"text"', '0', '{', '{"a":1e999}', '{"__proto__":{"x":1}}', '[[[[[[]]]]]]'],
    JSON.stringify({ name: markup, email: markup, token: { $gt: '' }, password: ['a'], scopes: 'all' }),
  ];

  it('is answered, by every endpoint, without a fault of ours', async () => {
    const faults: unknown[] = [];
    let asked = 0;
    const tell = async (method: string, address: string, body?: string) => {
      const { status } = await call(method, address, body);
      asked++;
      if (status >= 500) faults.push([method, address, body, status]);
    };
    for (const { method, address, body, query } of operations) {
      if (address.includes('{')) {
        for (const id of ids) await tell(method, address.replaceAll(/\{\w+\}/g, id), body && '{}');
      }
      const at = address.replaceAll(/\{\w+\}/g, '999999');
      if (body !== undefined) for (const each of bodies) await tell(method, at, each);
      for (const name of method === 'GET' ? query : []) {
        for (const value of ['', 'a'.repeat(5000), '%00', "'%3B--", '-1', '[]', '%F0%9F%92%A9', '%ff']) {
          await tell(method, `${at}?${name}=${value}`);
        }
      }
    }
    expect(faults).toEqual([]);
    expect(asked).toBeGreaterThan(500);
    expect(log).toEqual([]);
  }, 300_000);

  it.each(['visitors', 'delivery'])(
    'finds no way from the parameters of %s into SQL',
    async (report) => {
      const attempts = [
        ...["day'", "country'; DROP TABLE events; --", 'country) UNION ALL SELECT 1', 'pageViews/**/'],
        ...[
          '{x:Identifier}',
          '\\',
          '`events`',
          'file(/etc/passwd)',
          'url(http://127.0.0.1)',
          '../../etc/passwd',
        ],
      ];
      for (const parameter of [
        'dimensions',
        'metrics',
        'filter',
        'sort',
        'tz',
        'from',
        'to',
        'limit',
        'format',
        'compare',
      ]) {
        for (const attempt of attempts) {
          const answer = await call('GET', `/reports/${report}?${parameter}=${encodeURIComponent(attempt)}`);
          expect([parameter, attempt, answer.status]).toEqual([parameter, attempt, 422]);
        }
      }
      for (const field of ['country', 'page', 'browser', 'city']) {
        for (const value of attempts) {
          const filter = encodeURIComponent(JSON.stringify({ [field]: { in: [value] } }));
          const { status, body } = await call('GET', `/reports/visitors?metrics=pageViews&filter=${filter}`);
          if (status === 200) expect(body).toMatchObject({ totals: { pageViews: 0 } });
          else expect([value, status]).toEqual([value, 422]);
        }
      }
      expect((await call('GET', `/reports/${report}`)).status).toBe(200);
    },
    120_000,
  );

  it('stays text in every field, and is answered as data that no browser runs', async () => {
    const made: Answer[] = [];
    const create = async (address: string, body: object) => {
      const answer = await call('POST', address, body);
      made.push(answer);
      return answer.body.id ?? 0;
    };
    const name = markup;
    const advertiserId = await create('/advertisers', { name });
    const campaignId = await create('/campaigns', { advertiserId, name });
    const lineItemId = await create('/line-items', { campaignId, name, type: 'standard' });
    const size = { width: 300, height: 250, clickUrl: 'https://example.com/' };
    await create('/creatives', { lineItemId, name, type: 'text', headline: markup, text: markup, ...size });
    const siteId = await create('/sites', { name, domain: 'hostile.example' });
    await create('/zones', { siteId, name, sizes: [[300, 250]] });
    await create('/users', { name, role: 'analyst' });
    await create('/api-keys', { name, userId: 1 });
    for (const { status, headers, body } of made) {
      expect([status, body.name]).toEqual([201, markup]);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    const refused = await call('POST', '/sites', { name: markup, domain: markup });
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    for (const clickUrl of ['javascript:alert(1)', 'data:text/html,x', '//evil.example', 'https://a b/']) {
      const answer = await call('POST', '/creatives', {
        ...{ lineItemId, name, type: 'text', headline: 'A', text: 'B', width: 300, height: 250, clickUrl },
      });
      expect([clickUrl, answer.status]).toEqual([clickUrl, 422]);
    }
  });
});

describe('addresses and headers', () => {
  it('lead nowhere else, however they are spelt', async () => {
    const key = `Authorization: Bearer ${office.localToken}\r\n`;
    const body = JSON.stringify({ name: 'A' });
    const post = (target: string) =>
      raw(
        `POST ${target} HTTP/1.1\r\nHost: evil.example\r\n${key}X-Forwarded-Host: evil.example\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      );
    for (const target of [
      ...[
        '/api/v1/advertisers',
        '//evil.example/api/v1/advertisers',
        'http://evil.example/api/v1/advertisers',
      ],
      ...['/\\evil.example/api/v1/advertisers', '/api/v1//evil.example', '/api/v1/%0d%0aLocation:%20evil'],
    ]) {
      const answer = await post(target);
      expect([target, answer.split('\r\n')[0]]).toEqual([
        target,
        expect.stringMatching(/^HTTP\/1\.1 (201|4\d\d) /),
      ]);
      const head = answer.split('\r\n\r\n')[0] ?? '';
      const location = /^location: (.*)$/im.exec(head)?.[1];
      if (location !== undefined) expect(location).toMatch(/^\/api\/v1\/advertisers\/\d+$/);
      expect(head).not.toContain('evil');
    }
  });

  it('of links are those of the settings, and not what a request says', async () => {
    const { body: user } = await call('POST', '/users', {
      name: 'A',
      role: 'analyst',
      email: 'a@example.com',
    });
    const told = await call('POST', `/users/${user.id}/password-links`, undefined, {
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'https',
    });
    expect(String(told.body['url'])).toMatch(new RegExp(`^${origin}/welcome#token=spl_`));
  });

  it('that are given are asked by nobody: the server fetches nothing', async () => {
    let asked = 0;
    const inner = createServer((socket) => {
      asked++;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(inner, 'listening');
    const { port } = inner.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/inner`;
    const advertiserId = (await call('POST', '/advertisers', { name: 'A' })).body.id;
    const campaignId = (await call('POST', '/campaigns', { advertiserId, name: 'A' })).body.id;
    const lineItem = { campaignId, name: 'A', type: 'standard' };
    const lineItemId = (await call('POST', '/line-items', lineItem)).body.id;
    const creative = {
      ...{ lineItemId, name: 'A', type: 'html', width: 300, height: 250, clickUrl: url },
      html: `<img src="${url}"><script src="${url}"></script>`,
    };
    const made = await call('POST', '/creatives', creative);
    expect(made.status).toBe(201);
    await call('POST', `/creatives/${made.body.id}/preview`);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"><image href="${url}"/></svg>`;
    await call('POST', '/assets', svg, { 'Content-Type': 'image/svg+xml' });
    const siteId = (await call('POST', '/sites', { name: 'A', domain: `127.0.0.1` })).body.id;
    const zone = await call('POST', '/zones', { siteId, name: 'A', sizes: [[300, 250]] });
    await call('GET', `/explain?zone=${zone.body.id}&url=${encodeURIComponent(url)}`);
    for (const targets of [{ bucket: url }, { folder: url }, { email: [`a@127.0.0.1:${port}`] }]) {
      const schedule = { name: 'A', report: 'visitors', every: 'day', targets };
      expect((await call('POST', '/report-schedules', schedule)).status).toBe(422);
    }
    expect(asked).toBe(0);
    inner.close();
  });
});

describe('sessions', () => {
  const password = 'three words and a number';

  it('are always new: what a browser brings along is not taken for one', async () => {
    const { body: user } = await call('POST', '/users', {
      name: 'Kim',
      role: 'adops',
      email: 'kim@example.com',
    });
    const { body: link } = await call('POST', `/users/${user.id}/password-links`);
    const send = (method: string, address: string, body?: object, headers: Record<string, string> = {}) =>
      ask(`${origin}/api/v1${address}`, {
        ...{ method, headers: { ...(body ? { 'Content-Type': 'application/json' } : {}), ...headers } },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
    await send('POST', '/passwords', { token: link['token'], password });
    const planted = `signpost_session=${'A'.repeat(43)}`;
    const signedIn = await send(
      'POST',
      '/sessions',
      { email: 'kim@example.com', password },
      { Cookie: planted },
    );
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(cookie).not.toBe(planted);
    expect((await send('GET', '/account', undefined, { Cookie: planted })).status).toBe(401);
    expect((await send('GET', '/account', undefined, { Cookie: cookie })).status).toBe(200);
    // The first of two is as good as none: another site of the same domain may have put it in front.
    const both = await send('GET', '/account', undefined, { Cookie: `${planted}; ${cookie}` });
    expect(both.status).toBe(401);
  });

  it('are begun by no form of another site', async () => {
    const credentials = JSON.stringify({ email: 'kim@example.com', password });
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=a',
    ]) {
      const answer = await ask(`${origin}/api/v1/sessions`, {
        ...{ method: 'POST', headers: { 'Content-Type': type }, body: credentials },
      });
      expect([type, answer.status, answer.headers.get('set-cookie')]).toEqual([type, 415, null]);
    }
  });

  it('may be used by no other site, with any method but GET', async () => {
    const signIn = await ask(`${origin}/api/v1/sessions`, {
      ...{ method: 'POST', headers: { 'Content-Type': 'application/json' } },
      body: JSON.stringify({ email: 'kim@example.com', password }),
    });
    const Cookie = signIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const letIn: string[] = [];
    for (const { method, address } of operations) {
      if (method === 'GET') continue;
      const answer = await ask(`${origin}/api/v1${address.replaceAll(/\{\w+\}/g, '1')}`, {
        ...{ method, headers: { Cookie, 'Sec-Fetch-Site': 'cross-site' } },
      });
      if (answer.status !== 403) letIn.push(`${method} ${address}: ${answer.status}`);
    }
    expect(letIn).toEqual([]);
  });
});

/** Whether it refuses what it does not describe, whichever of its forms is meant. */
function isClosed(schema: Schema): boolean {
  const { additionalProperties, allOf, anyOf, oneOf } = named(schema);
  const forms = [...(anyOf ?? []), ...(oneOf ?? []), ...(allOf ?? [])];
  if (forms.length > 0) return forms.every(isClosed);
  return additionalProperties === false;
}

function propertiesOf(schema: Schema): Set<string> {
  const { properties, allOf, anyOf, oneOf } = named(schema);
  const forms = [...(anyOf ?? []), ...(oneOf ?? []), ...(allOf ?? [])];
  return new Set([...Object.keys(properties ?? {}), ...forms.flatMap((form) => [...propertiesOf(form)])]);
}
