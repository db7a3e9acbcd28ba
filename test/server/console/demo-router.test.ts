import http from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { places } from '../../../server/console/places.ts';
import { queryValue } from '../../../server/delivery/query.ts';
import { TokenSigner } from '../../../server/delivery/token.ts';
import { type FakeDelivery, startFakeDelivery } from '../../e2e/fake-delivery.ts';
import { buildBundle } from '../../support/browser.ts';
import { type DemoApp, demoZones, startDemoApp } from './demo-app.ts';

let delivery: FakeDelivery;
let app: DemoApp;

beforeAll(async () => {
  const script = await buildBundle('server/console/demo.ts');
  delivery = await startFakeDelivery('/* the tag */');
  app = await startDemoApp({ deliveryOrigin: () => delivery.origin, script });
});
afterAll(async () => {
  await app?.close();
  await delivery?.close();
});
beforeEach(() => {
  app.zones = demoZones;
  delivery.reset();
  delivery.ads.set(12, { width: 300, height: 250 }).set(13, { noFill: 'no_candidate' });
});

/** As delivery would sign it. */
const tokenOf = (zone: number) =>
  new TokenSigner([{ id: 1, signsFromMs: 0, verifyOnly: false, key: new Uint8Array(16) }]).sign({
    ...{
      timeMs: 1,
      idHigh: 1,
      idLow: 1,
      site: 1,
      zone,
      advertiser: 1,
      campaign: 1,
      lineItem: 1,
      creative: 1,
    },
    ...{ visitor: 1, browser: 1, country: 1 },
  });

const get = (path: string, init?: RequestInit) => fetch(app.origin + path, { redirect: 'manual', ...init });
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

describe('the demo page', () => {
  test('offers each place, under a policy that allows nothing inline and nobody else', async () => {
    const response = await get('/demo?from=munich');
    const html = await response.text();
    for (const { id, city } of places) {
      expect(html).toContain(`value="${id}"`);
      expect(html).toContain(city);
    }
    expect(html).toContain('value="munich" checked');
    expect(html).toContain('<a href="https://db-ip.com" rel="noopener">IP geolocation by DB-IP</a>');
    expect(html).not.toMatch(/\{\{|style=|\son[a-z]+=|<script>/);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*|data:/);
  });

  test('takes an unknown place for the first one', async () => {
    expect(await (await get('/demo?from=%22%3E%3Cscript%3E')).text()).toContain('value="taipei" checked');
  });

  test("embeds the real tag in the publisher's page, through the chosen place", async () => {
    const response = await get('/demo/site?from=sao-paulo');
    const html = await response.text();
    expect(html).toContain('<script async src="/demo/from/sao-paulo/tag.js"></script>');
    expect(html).toMatch(/<ins class="signpost leaderboard" data-zone="13"><\/ins>/);
    expect(html).toMatch(/<ins class="signpost rectangle" data-zone="12"><\/ins>/);
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
    expect((await get('/demo/site?from=mars')).status).toBe(404);
  });

  test.each([
    ['/demo/demo.js', 'text/javascript'],
    ['/demo/demo.css', 'text/css'],
    ['/demo/demo-cards.css', 'text/css'],
    ['/demo/demo-site.css', 'text/css'],
    ['/demo/demo-icon.svg', 'image/svg+xml'],
  ])('serves %s', async (path, type) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain(type);
    expect(response.headers.get('etag')).not.toBeNull();
  });

  test('says what is seen of a place and why each zone gets what it gets', async () => {
    expect(await (await get('/demo/seen?from=taipei')).json()).toEqual({
      address: '168.95.1.1',
      location: { country: 'TW', region: 'TW-TPE', city: 'Taipei' },
      explanations: {
        12: {
          candidates: [{ lineItem: 'Taiwan', matched: true, why: 'zone 12 at 168.95.1.1' }],
          winner: 'Taiwan',
        },
        13: {
          candidates: [{ lineItem: 'Taiwan', matched: true, why: 'zone 13 at 168.95.1.1' }],
          winner: 'Taiwan',
        },
      },
    });
    expect(await (await get('/demo/seen?from=own')).json()).toMatchObject({
      address: '127.0.0.1',
      location: { country: null, region: null, city: null },
    });
  });

  test('hides the explanation where nobody gives one', async () => {
    const plain = await startDemoApp({ deliveryOrigin: () => delivery.origin, explain: null });
    try {
      expect(await (await fetch(`${plain.origin}/demo`)).text()).toContain('data-reasons="none"');
      expect(await (await fetch(`${plain.origin}/demo/seen?from=tokyo`)).json()).toMatchObject({
        explanations: null,
      });
    } finally {
      await plain.close();
    }
  });

  test('gives the counts with its clock, and whose a creative is', async () => {
    expect(await (await get('/demo/counts')).json()).toMatchObject({
      pageViews: 3,
      lastEventAtMs: 4000,
      nowMs: 5000,
    });
    expect(await (await get('/demo/creative/1013')).json()).toEqual({
      advertiser: 'Lantern',
      lineItem: 'Taiwan',
    });
    expect(await (await get('/demo/creative/none')).json()).toBeNull();
  });

  test('says how to get started once the demo inventory was removed, and does nothing else', async () => {
    app.zones = null;
    const response = await get('/demo');
    expect(response.status).toBe(404);
    const html = await response.text();
    expect(html).toContain('The demo was removed');
    expect(html).toContain('href="/api/v1/openapi.json"');
    for (const path of [
      '/demo/site?from=taipei',
      '/demo/counts',
      '/demo/seen?from=taipei',
      '/demo/from/taipei/tag.js',
    ]) {
      expect((await get(path)).status, path).toBe(404);
    }
    expect(delivery.requests).toEqual([]);
  });
});

describe('the way to delivery', () => {
  test.each(places.map(({ id, address }) => [id, address ?? '127.0.0.1'] as const))(
    'from %s names %s as the address, whatever the request claims',
    async (id, address) => {
      const response = await get(`/demo/from/${id}/v1/ad?zones=12,13`, {
        headers: {
          'x-forwarded-for': '8.8.8.8',
          'x-real-ip': '8.8.8.8',
          forwarded: 'for=8.8.8.8',
          cookie: 'session=1',
          authorization: 'Bearer key',
          'user-agent': 'A browser/1.0',
        },
      });
      expect(response.status).toBe(200);
      expect(await response.json()).toHaveLength(2);
      const [request] = delivery.requests;
      expect(request?.query.get('zones')).toBe('12,13');
      expect(request?.headers).toMatchObject({ 'x-forwarded-for': address, 'user-agent': 'A browser/1.0' });
      for (const name of ['x-real-ip', 'forwarded', 'cookie', 'authorization']) {
        expect(request?.headers).not.toHaveProperty(name);
      }
    },
  );

  test('passes tag, images, events and clicks, and no cookie back', async () => {
    const tag = await get('/demo/from/tokyo/tag.js');
    expect([tag.status, await tag.text()]).toEqual([200, '/* the tag */']);
    const image = await get('/demo/from/tokyo/v1/a/300x250.svg');
    expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    for (const method of ['GET', 'POST']) {
      const event = await get('/demo/from/tokyo/v1/e/i/12-1', { method });
      expect([event.status, event.headers.get('set-cookie')]).toEqual([204, null]);
    }
    const click = await get('/demo/from/tokyo/v1/c/12-1');
    expect([click.status, click.headers.get('location')]).toEqual([302, 'https://advertiser.invalid/offer']);
  });

  test("passes the demo site's page views as they came", async () => {
    const body = JSON.stringify({ zone: 12, url: 'http://x/', referrer: '', id: '1234567890123456' });
    const response = await get('/demo/from/london/v1/page', { method: 'POST', body });
    expect(response.status).toBe(204);
    expect(delivery.requests[0]).toMatchObject({ method: 'POST', path: '/v1/page', body });
    expect(delivery.requests[0]?.headers['content-type']).toMatch(/^text\/plain/);
  });

  test.each([
    ['GET', '/v1/conv', 404, 'not_found'],
    ['GET', '/v1/e/x/token', 404, 'not_found'],
    ['GET', '/v1/a/..%2F..%2Fhealthz', 404, 'not_found'],
    ['GET', '/readyz', 404, 'not_found'],
    ['GET', '/', 404, 'not_found'],
    ['POST', '/v1/ad?zone=12', 405, 'method_not_allowed'],
    ['GET', '/v1/page', 405, 'method_not_allowed'],
    ['DELETE', '/v1/e/i/token', 405, 'method_not_allowed'],
    ['GET', '/v1/ad?zone=99', 404, 'unknown_zone'],
    ['GET', '/v1/ad?zones=12,99', 404, 'unknown_zone'],
    ['GET', '/v1/ad', 404, 'unknown_zone'],
    ['GET', `/v1/e/i/${tokenOf(99)}`, 404, 'unknown_zone'],
    ['POST', `/v1/e/v/${tokenOf(99)}`, 404, 'unknown_zone'],
    ['GET', `/v1/c/${tokenOf(99)}/terms`, 404, 'unknown_zone'],
    ['GET', `/v1/h/${tokenOf(99)}`, 404, 'unknown_zone'],
  ])('refuses %s %s', async (method, path, status, code) => {
    const response = await get(`/demo/from/taipei${path}`, { method });
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
    expect(delivery.requests).toEqual([]);
  });

  test.each(['zon%65=12&zone=99', 'zone%73=12&zone=99', 'zones=12&z%6fnes=99'])(
    'asks for what it has checked, however it is spelled: %s',
    async (query) => {
      await get(`/demo/from/taipei/v1/ad?${query}`);
      const search = delivery.requests[0]?.search ?? '';
      expect(queryValue(search, 'zones') ?? queryValue(search, 'zone')).toBe('12');
    },
  );

  test('passes events of the demo zones alone', async () => {
    expect((await get(`/demo/from/taipei/v1/e/i/${tokenOf(12)}`)).status).toBe(204);
    expect(delivery.requests).toHaveLength(1);
  });

  test.each([
    ['{"zone":99}', 404, 'unknown_zone'],
    ['{"site":4}', 404, 'unknown_zone'],
    ['{"zone":', 400, 'malformed_json'],
    [`{"zone":12,"url":"${'x'.repeat(20_000)}"}`, 413, 'body_too_large'],
  ])('refuses the page view %.20s…', async (body, status, code) => {
    const response = await get('/demo/from/taipei/v1/page', { method: 'POST', body });
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
    expect(delivery.requests).toEqual([]);
  });

  test('refuses a place it does not know', async () => {
    expect((await get('/demo/from/203.0.113.7/tag.js')).status).toBe(404);
    expect((await get('/demo/from/__proto__/tag.js')).status).toBe(404);
  });

  test('answers with an error when delivery is away or silent', async () => {
    const silent = http.createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const port = (silent.address() as { port: number }).port;
    const patient = await startDemoApp({ deliveryOrigin: () => `http://127.0.0.1:${port}`, timeoutMs: 100 });
    try {
      const late = await fetch(`${patient.origin}/demo/from/taipei/tag.js`);
      expect([late.status, await codeOf(late)]).toEqual([500, 'internal']);
      silent.closeAllConnections();
      await new Promise((resolve) => silent.close(resolve));
      const away = await fetch(`${patient.origin}/demo/from/taipei/tag.js`);
      expect([away.status, await codeOf(away)]).toEqual([500, 'internal']);
    } finally {
      await patient.close();
    }
  });
});
