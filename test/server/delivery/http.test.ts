import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { regionalInventory, type TestDelivery, testAddresses, testDelivery } from '../../support/delivery.ts';

let delivery: TestDelivery;
beforeAll(async () => {
  delivery = await testDelivery(regionalInventory());
});
afterAll(() => delivery.close());

/** Sends bytes and gives what comes back until the server ends the connection, or nothing more comes. */
function raw(bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(delivery.port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    const done = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(400, done);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('end', done);
    socket.on('error', done);
  });
}

describe("delivery's server", () => {
  it('serves the tag, health and readiness', async () => {
    const tag = await delivery.fetch('/tag.js');
    expect(tag.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await tag.text()).toBe('// the tag');
    expect(await (await delivery.fetch('/healthz')).json()).toEqual({ alive: true });
    const ready = await delivery.fetch('/readyz');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      ready: true,
      checks: [{ ok: true }, { ok: true }, { ok: true }],
    });
  });

  it('serves images by their content address, for ever, and nothing else of the disk', async () => {
    mkdirSync(join(delivery.dataDir, 'assets'), { recursive: true });
    const name = `${'a'.repeat(64)}.png`;
    writeFileSync(join(delivery.dataDir, 'assets', name), 'picture');
    const image = await delivery.fetch(`/v1/a/${name}`);
    expect(await image.text()).toBe('picture');
    expect(image.headers.get('content-type')).toBe('image/png');
    expect(image.headers.get('cache-control')).toContain('immutable');
    expect(image.headers.get('x-content-type-options')).toBe('nosniff');
    for (const path of [
      '../snapshot.jsonl',
      '..%2fsnapshot.jsonl',
      `${'b'.repeat(64)}.png`,
      `${'a'.repeat(64)}.html`,
      '',
    ]) {
      expect((await delivery.fetch(`/v1/a/${path}`)).status).toBe(404);
    }
  });

  it.each([
    ['DELETE', '/v1/ad?zone=12', 'GET'],
    ['POST', '/v1/ad?zone=12', 'GET'],
    ['HEAD', '/v1/ad?zone=12', 'GET'],
    ['PUT', '/v1/e/i/x', 'GET, POST'],
    ['POST', '/v1/c/x', 'GET'],
    ['GET', '/v1/page', 'POST'],
    ['POST', '/tag.js', 'GET, HEAD'],
  ])('refuses %s %s and says what is allowed', async (method, path, allowed) => {
    const response = await delivery.fetch(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allowed);
  });

  it('answers a preflight', async () => {
    const response = await delivery.fetch('/v1/page', { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-methods')).toBe('POST');
  });

  it.each([
    '/',
    '/v1',
    '/v1/',
    '/v1/adx',
    '/tag.jsx',
    '/%',
    '/..',
    '//v1/ad?zone=12',
    '/v1/ad/?zone=12',
    '/admin',
  ])('knows nothing at %s', async (path) => {
    const response = await delivery.fetch(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'not_found' });
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['a TLS handshake', Buffer.from('160301020001', 'hex'), /^HTTP\/1\.1 400 /],
    ['a header without end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}`, /^HTTP\/1\.1 431 /],
    [
      'a 100 KB cookie',
      `GET /v1/ad?zone=12 HTTP/1.1\r\nHost: x\r\nCookie: ${'x'.repeat(100_000)}\r\n\r\n`,
      /^HTTP\/1\.1 431 /,
    ],
    [
      'two lengths',
      'POST /v1/page HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      /^HTTP\/1\.1 400 /,
    ],
    ['CONNECT', 'CONNECT evil:443 HTTP/1.1\r\nHost: evil\r\n\r\n', /^HTTP\/1\.1 405 /],
    [
      'an upgrade',
      'GET /v1/ad?zone=12 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      /^HTTP\/1\.1 (405|200) /,
    ],
    ['an absolute address', 'GET http://evil/v1/ad?zone=12 HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 404 /],
  ])('answers %s in words', async (_name, bytes, expected) => {
    expect(await raw(bytes)).toMatch(expected);
  });

  it('goes on after a client that hangs up in the middle of a body', async () => {
    await raw('POST /v1/page HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"zone"');
    expect((await delivery.fetch('/healthz')).status).toBe(200);
  });
});

describe('a log that cannot be written', () => {
  it('never stops ads, refuses to acknowledge beacons, and shows in readiness', async () => {
    const broken = await testDelivery(regionalInventory());
    rmSync(join(broken.dataDir, 'spool'), { recursive: true, force: true });
    writeFileSync(join(broken.dataDir, 'spool'), 'a file where the directory should be');
    const response = await broken.fetch('/v1/ad?zone=12', { from: testAddresses.taipei });
    expect(response.status).toBe(200);
    expect(response.headers.get('signpost-log')).toBe('unavailable');
    const ad = (await response.json()) as {
      creative: { id: number };
      impressionUrl: string;
      clickUrl: string;
    };
    expect(ad.creative.id).toBe(1);
    const beacon = await broken.fetch(new URL(ad.impressionUrl).pathname);
    expect(beacon.status).toBe(503);
    expect(await beacon.json()).toMatchObject({ code: 'log_unavailable' });
    expect((await broken.fetch(new URL(ad.clickUrl).pathname)).status).toBe(302);
    const ready = await broken.fetch('/readyz');
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain('3 events were lost');
    rmSync(join(broken.dataDir, 'spool'));
    await vi.waitFor(async () => {
      const again = await broken.fetch('/v1/ad?zone=12');
      expect(again.headers.get('signpost-log')).toBeNull();
    }, 10_000);
    expect((await broken.fetch('/readyz')).status).toBe(200);
    await broken.close();
  });
});
