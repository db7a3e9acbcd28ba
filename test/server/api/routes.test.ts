import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineRoute, reply } from '../../../server/api/index.ts';
import { AppError } from '../../../server/errors.ts';
import { ask, type Harness, startApi } from './harness.ts';

const common = { method: 'get', tag: 'Test', summary: 'Test', access: 'public' } as const;
const csv = { 'text/csv': { example: 'country,visitors\nTW,5\n' } };
let released = 0;

async function* lines(failAfter: number) {
  try {
    for (let n = 0; n < 3; n += 1) {
      if (n === failAfter) throw new AppError('clickhouse_unavailable', 'ClickHouse does not answer.');
      yield `${n}\n`;
    }
  } finally {
    released += 1;
  }
}

const streamRoute = defineRoute({
  ...common,
  path: '/test/csv',
  operationId: 'testCsv',
  query: z.object({ failAfter: z.coerce.number().default(99) }),
  answer: { status: 200, description: 'Lines.', schema: z.object({ rows: z.array(z.number()) }), also: csv },
  handle: ({ query }) => reply.stream('text/csv; charset=utf-8', lines(query.failAfter)),
});
const brokenRoute = defineRoute({
  ...common,
  path: '/test/broken',
  operationId: 'testBroken',
  answer: { status: 200, description: 'Never.', schema: z.object({}) },
  handle: () => {
    throw new Error('secret detail');
  },
});
const ownRoute = defineRoute({
  ...common,
  path: '/test/own/{name}',
  operationId: 'testOwn',
  params: z.object({ name: z.string() }),
  answer: { status: 200, description: 'Anything.' },
  handle({ response, params, signal }) {
    response.end(`${params.name} ${signal.aborted}`);
    return reply.takenOver;
  },
});

let api: Harness;
beforeAll(async () => {
  api = await startApi([streamRoute, brokenRoute, ownRoute]);
});
afterAll(() => api.close());

describe('a route of another part of the product', () => {
  it('streams another content type', async () => {
    const answer = await ask(`${api.url}/test/csv`);
    expect([answer.text, answer.headers.get('content-type')]).toEqual([
      '0\n1\n2\n',
      'text/csv; charset=utf-8',
    ]);
    expect(released).toBe(1);
  });

  it('answers with a problem when the stream fails before its first chunk', async () => {
    const answer = await ask(`${api.url}/test/csv?failAfter=0`);
    expect([answer.status, answer.body.code]).toEqual([503, 'clickhouse_unavailable']);
    expect(answer.headers.get('retry-after')).toBe('5');
  });

  it('cuts the connection when the stream fails later, so that half an answer is not taken for the whole', async () => {
    await expect(ask(`${api.url}/test/csv?failAfter=2`)).rejects.toThrow();
    expect(released).toBe(3);
  });

  it('may answer by itself', async () => {
    expect((await ask(`${api.url}/test/own/me`)).text).toBe('me false');
  });

  it('is in the document', async () => {
    const { paths } = (await ask(`${api.url}/openapi.json`)).body as {
      paths: Record<string, { get: object }>;
    };
    expect(paths['/test/csv']?.get).toMatchObject({
      parameters: [{ name: 'failAfter', in: 'query' }],
      responses: { 200: { content: { 'text/csv': csv['text/csv'], 'application/json': {} } }, 422: {} },
    });
  });
});

it('does not compile without saying who may use it', () => {
  const { access: _access, ...rest } = common;
  // @ts-expect-error: `access` is missing.
  defineRoute({
    ...rest,
    path: '/test/open',
    operationId: 'testOpen',
    answer: { status: 204, description: 'Nothing.' },
    handle: () => reply.value(undefined),
  });
});

describe('a fault of ours', () => {
  it('is answered without its details, and logged', async () => {
    const answer = await ask(`${api.url}/test/broken`);
    expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
    expect(answer.text).not.toContain('secret detail');
    const line = JSON.parse(api.log.at(-1) ?? '{}') as object;
    expect(line).toMatchObject({
      code: 'internal',
      route: '/test/broken',
      err: { message: 'secret detail' },
    });
  });

  it('of the database is 503 while it is down', async () => {
    await api.database.close();
    const { url, key } = api;
    const answer = await ask(`${url}/sites`, { headers: { Authorization: `Bearer ${key}` } });
    expect([answer.status, answer.body.code]).toEqual([503, 'database_unavailable']);
    expect((await ask(`${url}/openapi.json`)).status).toBe(200);
  });
});
