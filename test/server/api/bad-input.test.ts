import { request } from 'node:http';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, type Harness, startApi } from './harness.ts';

let api: Harness;

beforeAll(async () => {
  api = await startApi();
  await api.call('POST', '/advertisers', { name: 'One' });
  await api.call('POST', '/campaigns', { advertiserId: 1, name: 'One' });
  await api.call('POST', '/line-items', { campaignId: 1, name: 'One', type: 'house' });
  await api.call('POST', '/sites', { name: 'One', domain: 'one.example' });
});
afterAll(async () => {
  expect(api.log.filter((line) => line.includes('API request failed'))).toEqual([]);
  await api.close();
});

const json = { 'Content-Type': 'application/json' };
const post = (path: string, body: NonNullable<RequestInit['body']>, headers: Record<string, string> = json) =>
  ask(`${api.url}${path}`, {
    method: 'POST',
    body,
    headers: { Authorization: `Bearer ${api.key}`, ...headers },
  });
const deep = (levels: number) =>
  `${'{"not":'.repeat(levels)}{"on":"country","in":["TW"]}${'}'.repeat(levels)}`;

describe('a body that cannot be read', () => {
  it.each([
    ['no JSON', '{"name":', json, 400, 'malformed_json'],
    ['nothing', '', json, 400, 'malformed_json'],
    ['broken UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22]), json, 400, 'malformed_json'],
    [
      'UTF-16',
      Buffer.from('{"name":"x"}', 'utf16le'),
      { 'Content-Type': 'application/json; charset=utf-16' },
      415,
      'unsupported_type',
    ],
    ['a form', 'name=x', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_type'],
    ['text', '{"name":"x"}', { 'Content-Type': 'text/plain' }, 415, 'unsupported_type'],
    ['gzip', '{"name":"x"}', { ...json, 'Content-Encoding': 'gzip' }, 415, 'unsupported_type'],
    ['ten megabytes', `{"name":"${'x'.repeat(10 * 1024 * 1024)}"}`, json, 413, 'body_too_large'],
    ['a hundred thousand levels', '['.repeat(100_000) + ']'.repeat(100_000), json, 422, 'invalid_input'],
    ['an array', '[]', json, 422, 'invalid_input'],
    ['null', 'null', json, 422, 'invalid_input'],
    ['a NUL character', '{"name":"a\\u0000b"}', json, 422, 'invalid_input'],
    ['a NUL character in a key', '{"name":"x","\\u0000":1}', json, 422, 'invalid_input'],
    ['half of a surrogate pair', '{"name":"\\ud800"}', json, 422, 'invalid_input'],
    ['__proto__', '{"name":"x","__proto__":{"status":"paused"}}', json, 422, 'invalid_input'],
  ])('%s', async (_, body, headers, status, code) => {
    const answer = await post('/advertisers', body, headers);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('is refused with 413 also when its length was not told, and the connection goes on', async () => {
    const chunk = Buffer.alloc(64 * 1024, 0x20);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(`${api.url}/advertisers`, {
        method: 'POST',
        headers: { ...json, Authorization: `Bearer ${api.key}`, 'Transfer-Encoding': 'chunked' },
      });
      sent.on('response', (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      });
      sent.on('error', reject);
      for (let n = 0; n < 160; n += 1) sent.write(chunk);
      sent.end();
    });
    expect(status).toBe(413);
  });
});

describe('input that does not fit', () => {
  const lineItem = { campaignId: 1, name: 'x', type: 'house' };
  const targeted = (targeting: unknown): [string, object] => ['/line-items', { ...lineItem, targeting }];
  const asset = '0'.repeat(64);
  const clicked = (clickUrl: unknown): [string, object] => [
    '/creatives',
    { lineItemId: 1, name: 'x', asset, clickUrl },
  ];
  const zone = { siteId: 1, name: 'x' };

  it.each<[[string, unknown], string]>([
    [['/advertisers', {}], '/name'],
    [['/advertisers', { name: 5 }], '/name'],
    [['/advertisers', { name: '   ' }], '/name'],
    [['/advertisers', { name: 'x'.repeat(201) }], '/name'],
    [['/advertisers', { name: 'a\nb' }], '/name'],
    [['/advertisers', { name: 'x', status: 'gone' }], '/status'],
    [['/advertisers', { name: 'x', demo: true }], '/demo'],
    [['/advertisers', { name: 'x', 'a/b~c': 1 }], '/a~1b~0c'],
    [['/campaigns', { name: 'x', advertiserId: '1' }], '/advertiserId'],
    [['/campaigns', { name: 'x', advertiserId: 1e20 }], '/advertiserId'],
    [['/campaigns', { name: 'x', advertiserId: 2 ** 31 }], '/advertiserId'],
    [['/campaigns', { name: 'x', advertiserId: 1.5 }], '/advertiserId'],
    [['/line-items', { ...lineItem, type: 'banner' }], '/type'],
    [['/line-items', { ...lineItem, weight: 0 }], '/weight'],
    [['/line-items', { ...lineItem, startAt: 'tomorrow' }], '/startAt'],
    [['/line-items', { ...lineItem, startAt: '2026-02-30T00:00:00Z' }], '/startAt'],
    [['/line-items', { ...lineItem, startAt: '0000-01-01T00:00:00Z' }], '/startAt'],
    [['/line-items', { ...lineItem, startAt: '2026-02-01T00:00:00' }], '/startAt'],
    [targeted({ on: 'country', in: ['tw'] }), '/targeting/in/0'],
    [targeted({ on: 'country', in: ['TW', 'QQ'] }), '/targeting/in/1'],
    [targeted({ on: 'region', notIn: ['ZZ-AA'] }), '/targeting/notIn/0'],
    [targeted({ on: 'region', in: ['Bavaria'] }), '/targeting/in/0'],
    [targeted({ on: 'moon', in: ['x'] }), '/targeting/on'],
    [targeted({ on: 'country', in: [] }), '/targeting/in'],
    [
      targeted({ and: [{ on: 'country', in: ['TW'] }, { or: [{ not: { on: 'country', in: ['XX'] } }] }] }),
      '/targeting/and/1/or/0/not/in/0',
    ],
    [targeted({ and: [] }), '/targeting/and'],
    [targeted({ on: 'country', in: ['TW'], notIn: ['DE'] }), '/targeting'],
    [targeted({}), '/targeting/on'],
    [targeted('TW'), '/targeting'],
    [targeted(JSON.parse(deep(200))), ''],
    [clicked('javascript:alert(1)'), '/clickUrl'],
    [clicked('JaVaScRiPt:alert(1)'), '/clickUrl'],
    [clicked(' https://example.com'), '/clickUrl'],
    [clicked('java\tscript:alert(1)'), '/clickUrl'],
    [clicked('data:text/html,x'), '/clickUrl'],
    [clicked('//example.com'), '/clickUrl'],
    [clicked('/path'), '/clickUrl'],
    [clicked('https:example.com'), '/clickUrl'],
    [clicked('https://'), '/clickUrl'],
    [clicked('https://user:pass@example.com/'), '/clickUrl'],
    [clicked('https://example.com/\r\nSet-Cookie: a=b'), '/clickUrl'],
    [clicked('ftp://example.com'), '/clickUrl'],
    [clicked(`https://example.com/${'x'.repeat(2048)}`), '/clickUrl'],
    [clicked(`https://example.com/${'ä'.repeat(1000)}`), '/clickUrl'],
    [
      ['/creatives', { lineItemId: 1, name: 'x', asset: '../../etc/passwd', clickUrl: 'https://a.example' }],
      '/asset',
    ],
    [['/sites', { name: 'x', domain: 'https://example.com' }], '/domain'],
    [['/sites', { name: 'x', domain: 'exa mple.com' }], '/domain'],
    [['/sites', { name: 'x', domain: '-.example' }], '/domain'],
    [['/zones', { ...zone, sizes: [] }], '/sizes'],
    [['/zones', { ...zone, sizes: [[300]] }], '/sizes/0'],
    [['/zones', { ...zone, sizes: [[300, 0]] }], '/sizes/0/1'],
    [
      [
        '/zones',
        {
          ...zone,
          sizes: [
            [300, 250],
            [300, 250],
          ],
        },
      ],
      '/sizes',
    ],
  ])('%j is refused at %s', async ([path, body], pointer) => {
    const answer = await api.call('POST', path, body);
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid_input']);
    expect((answer.body.errors ?? []).map((error) => error.path)).toContain(pointer);
  });

  it('is told field by field, all at once', async () => {
    const answer = await api.call('POST', '/line-items', { name: '', type: 'x', extra: 1 });
    expect(answer.body.errors).toEqual([
      { path: '/campaignId', message: 'is required' },
      { path: '/name', message: expect.any(String) },
      { path: '/type', message: expect.stringContaining('sponsorship') },
      { path: '/extra', message: 'is not known here' },
    ]);
  });

  it('does not come back at full length', async () => {
    const answer = await api.call('POST', '/advertisers', { name: 'x', ['k'.repeat(900_000)]: 1 });
    expect(answer.status).toBe(422);
    expect(answer.text.length).toBeLessThan(3000);
    const many = await post('/line-items', `{"targeting":{"on":"country","in":[${'"q",'.repeat(900)}"q"]}}`);
    expect((many.body.errors ?? []).length).toBe(50);
  });
});

describe('an address that does not fit', () => {
  it.each([
    ['/nothing', 404],
    ['/advertisers/', 200],
    ['/advertisers/abc', 404],
    ['/advertisers/0', 404],
    ['/advertisers/-1', 404],
    ['/advertisers/1e3', 404],
    ['/advertisers/2147483647', 404],
    ['/advertisers/99999999999999999999999', 404],
    ['/advertisers/%00', 404],
    ['/advertisers/%E0%A4%A', 400],
    ['/advertisers?limit=0', 422],
    ['/advertisers?limit=201', 422],
    ['/advertisers?limit=ten', 422],
    ['/advertisers?limit=', 422],
    ['/advertisers?limit=1&limit=2', 422],
    ['/advertisers?after=2147483648', 422],
    ['/advertisers?after=WyJpZCIsIjEiLDFlOTld', 422],
    ['/advertisers?sort=demo', 422],
    ['/advertisers?status=active,gone', 422],
    ['/advertisers?status=gone', 422],
    ['/advertisers?status=active%00', 422],
    ['/advertisers?status=%ff', 422],
    ['/advertisers?nonsense=1', 422],
    ['/advertisers?__proto__=1', 422],
    ['/advertisers/1?nonsense=1', 422],
    ['/campaigns?advertiserId=99999999999999', 422],
    ['/campaigns?advertiserId=2147483647', 200],
    ['/zones/77/tag', 404],
  ])('%s is answered %i', async (path, status) => {
    expect((await api.call('GET', path)).status).toBe(status);
  });

  it('is answered with the methods that fit, where only the method is wrong', async () => {
    const answer = await api.call('PUT', '/advertisers/1', {});
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, PATCH, DELETE, HEAD, OPTIONS']);
    const options = await api.call('OPTIONS', '/assets');
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST, OPTIONS']);
    expect((await api.call('HEAD', '/advertisers/1')).status).toBe(200);
  });
});

describe('an image that cannot be used', () => {
  const image = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: 'red' } })
      .png()
      .toBuffer();

  it.each<[string, () => Promise<Uint8Array>, number, string]>([
    ['a truncated PNG', async () => (await image(300, 250)).subarray(0, 100), 422, 'image_broken'],
    ['nothing', async () => new Uint8Array(), 422, 'image_broken'],
    ['text', async () => Buffer.from('hello'), 415, 'unsupported_type'],
    [
      'an SVG with a document type',
      async () =>
        Buffer.from('<?xml version="1.0"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg" width="3"/>'),
      415,
      'unsupported_type',
    ],
    ['an SVG without a size', async () => Buffer.from('<svg/>'), 422, 'image_broken'],
    [
      'a TIFF',
      async () =>
        sharp(await image(3, 3))
          .tiff()
          .toBuffer(),
      415,
      'unsupported_type',
    ],
    ['too many pixels', () => image(4097, 10), 422, 'invalid_input'],
    [
      'a PNG that claims a billion pixels',
      async () => claimSize(await image(10, 10), 60_000),
      422,
      'invalid_input',
    ],
    ['too many bytes', async () => new Uint8Array(2 * 1024 * 1024 + 1), 413, 'body_too_large'],
    ['ten megabytes', async () => new Uint8Array(10 * 1024 * 1024), 413, 'body_too_large'],
  ])('%s', async (_, bytes, status, code) => {
    const answer = await api.call('POST', '/assets', await bytes());
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('is not taken out of a form', async () => {
    const form = new FormData();
    form.set('file', new Blob([await image(3, 3)]));
    const answer = await post('/assets', form, {});
    expect(answer.body.code).toBe('unsupported_type');
  });
});

/** A PNG whose header says it is `side` pixels wide and high. */
function claimSize(png: Buffer, side: number): Buffer {
  const copy = Buffer.from(png);
  copy.writeUInt32BE(side, 16);
  copy.writeUInt32BE(side, 20);
  return copy;
}
