import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDocument, integerText } from '../../../server/api/index.ts';
import { ask, type Harness, localToken, startApi } from './harness.ts';

interface Operation {
  readonly operationId: string;
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, { content?: Record<string, unknown> }>>;
  readonly parameters?: readonly { readonly name: string; readonly schema: object }[];
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

let api: Harness;
let operations: { path: string; method: string; operation: Operation }[];

beforeAll(async () => {
  api = await startApi();
  const paths = (await ask(`${api.url}/openapi.json`)).body.paths as Paths;
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
});
afterAll(() => api.close());

describe('access', () => {
  it('is refused on every endpoint without a key, with an unknown one and with a malformed one', async () => {
    const unknown = `sp_${'A'.repeat(43)}`;
    expect(operations.length).toBeGreaterThan(30);
    for (const { path, method, operation } of operations) {
      if (operation.security?.length === 0) continue;
      const url = `${api.url}${path.replace('{id}', '1')}`;
      for (const header of [
        undefined,
        `Bearer ${unknown}`,
        'Bearer x',
        'Bearer',
        `Basic ${api.key}`,
        `bearer ${localToken}x`,
      ]) {
        const answer = await ask(url, {
          method,
          ...(header === undefined ? {} : { headers: { Authorization: header } }),
        });
        expect([method, path, header, answer.body.code]).toEqual([method, path, header, 'unauthorized']);
        expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      }
    }
  });

  it('is given to an API key and to the local token', async () => {
    for (const key of [api.key, localToken]) {
      const answer = await ask(`${api.url}/sites`, { headers: { Authorization: `Bearer ${key}` } });
      expect(answer.status).toBe(200);
    }
  });

  it('keeps hashes of keys only, and when they were last used', async () => {
    const used = async () => api.database.db.selectFrom('api_keys').selectAll().executeTakeFirstOrThrow();
    const first = await used();
    expect(Buffer.from(first.hash).equals(createHash('sha256').update(api.key).digest())).toBe(true);
    expect(first.last_used_at?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    await api.call('GET', '/sites');
    expect((await used()).last_used_at).toEqual(first.last_used_at);
    const earlier = new Date(Date.now() - 61_000);
    await api.database.db.updateTable('api_keys').set({ last_used_at: earlier }).execute();
    await api.call('GET', '/sites');
    expect((await used()).last_used_at?.getTime()).toBeGreaterThan(earlier.getTime());
  });

  it('leaves neither keys nor bodies in the log', () => {
    expect(api.log.join('')).not.toContain('sp_');
  });
});

describe('the OpenAPI document', () => {
  it('lists every route that answers, with its errors', () => {
    const routes = operations.map(({ path, method }) => `${method} ${path}`);
    for (const [path, methods] of [
      ...['advertisers', 'campaigns', 'line-items', 'creatives', 'sites', 'zones'].flatMap((name) => [
        [`/${name}`, ['GET', 'POST']] as const,
        [`/${name}/{id}`, ['GET', 'PATCH', 'DELETE']] as const,
      ]),
      ['/assets', ['POST']],
      ['/zones/{id}/tag', ['GET']],
      ['/demo', ['GET', 'DELETE']],
      ['/openapi.json', ['GET']],
    ] as const) {
      for (const method of methods) expect(routes).toContain(`${method} ${path}`);
    }
    for (const { path, operation } of operations) {
      const statuses = Object.keys(operation.responses);
      expect(statuses).toContain('500');
      if (operation.security === undefined) expect(statuses).toEqual(expect.arrayContaining(['401', '503']));
      if (path.includes('{id}')) expect(statuses).toContain('404');
      for (const [status, response] of Object.entries(operation.responses)) {
        if (Number(status) >= 400)
          expect(Object.keys(response.content ?? {})).toEqual(['application/problem+json']);
      }
    }
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  });

  it('is a page to read as well, that runs nothing and loads nothing', async () => {
    const page = await fetch(`${api.url}/docs`);
    const html = await page.text();
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^ ]+'; /,
    );
    const tags = html.match(/<[a-z][^>]*>/gi) ?? [];
    expect(tags.filter((tag) => /^<(script|img|link|iframe|object)|\s(src|on\w+)=/i.test(tag))).toEqual([]);
    const named = [...html.matchAll(/<details id="(\w+)">/g)].map(([, id]) => id);
    expect(named.sort()).toEqual(operations.map(({ operation }) => operation.operationId).sort());
    const ids = new Set([...html.matchAll(/ id="([\w-]+)"/g)].map(([, id]) => id));
    for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });

  it('answers every documented route, so none is documented that is not mounted', async () => {
    for (const { path, method } of operations) {
      const answer = await ask(`${api.url}${path.replace('{id}', '999')}`, { method });
      // 415: what is public and wants a body.
      expect([401, 200, 415]).toContain(answer.status);
    }
  });

  it('is OpenAPI 3.1 with schemas, examples and references that resolve', async () => {
    const { text, body } = await ask(`${api.url}/openapi.json`);
    expect(body.openapi).toBe('3.1.0');
    const { schemas } = body.components as {
      schemas: Record<string, object> & { LineItem: { properties: object } };
    };
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining([
        'Advertiser',
        'AdvertiserCreate',
        'AdvertiserPatch',
        'LineItem',
        'Problem',
        'Targeting',
      ]),
    );
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g))
      expect(schemas).toHaveProperty(name ?? '');
    expect(text).not.toMatch(/"\$ref":"(?!#\/components\/)/);
    expect(schemas.LineItem.properties).toHaveProperty('targeting');
    expect(createDocument([]).paths).toEqual({});
  });

  it('describes numbers in addresses as integers', () => {
    const list = operations.find(({ operation }) => operation.operationId === 'listZones');
    const parameters = list?.operation.parameters ?? [];
    expect(parameters.find(({ name }) => name === 'limit')?.schema).toMatchObject({
      ...{ type: 'integer', minimum: 1, maximum: 200, default: 50 },
    });
    expect(parameters.map(({ name }) => name)).toEqual(['limit', 'after', 'sort', 'status', 'q', 'siteId']);
    expect(integerText({ min: 0, max: 5 }).safeParse('6').success).toBe(false);
  });
});
