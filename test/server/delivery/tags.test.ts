import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareTagFiles, signPreview, TokenSigner } from '../../../server/delivery/index.ts';
import { readSigningKeys } from '../../../server/secrets/index.ts';
import { imageHash, inventoryOf, oneOfEach } from '../../support/creatives.ts';
import { type TestDelivery, testAddresses, testDelivery } from '../../support/delivery.ts';

const scripts = {
  tag: Buffer.from('/* tag */ import("more.js")'),
  more: Buffer.from('/* more */'),
  consent: Buffer.from('/* consent */ load("tag.js")'),
  frame: Buffer.from('/* frame */ import("more.js")'),
  clickTag: Buffer.from('/* click tag */'),
};
const from = testAddresses.munich;
let delivery: TestDelivery;

beforeAll(async () => {
  delivery = await testDelivery(inventoryOf(oneOfEach('https://shop.example/{city}')), { scripts });
  mkdirSync(join(delivery.dataDir, 'assets'));
  writeFileSync(join(delivery.dataDir, 'assets', `${imageHash}.png`), 'picture');
});
afterAll(() => delivery.close());
const get = (path: string, init: RequestInit = {}) => delivery.fetch(path, { from, ...init });

describe('the scripts', () => {
  it('are served under names that tell their content, and name each other so', async () => {
    const files = prepareTagFiles(scripts);
    const { name, integrity } = files.versionedTag;
    const latest = await get('/tag.js');
    const versioned = await get(`/${name}`);
    const text = await versioned.text();
    expect(await latest.text()).toBe(text);
    expect(latest.headers.get('cache-control')).toBe('public, max-age=3600');
    expect(versioned.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(versioned.headers.get('access-control-allow-origin')).toBe('*');
    expect(integrity).toMatch(/^sha384-[A-Za-z0-9+/]{64}$/);
    expect(await (await get('/consent.js')).text()).toContain(`load("${name}")`);
    const more = /more-[0-9a-f]{16}\.js/.exec(text)?.[0];
    expect(await (await get(`/${more}`)).text()).toBe('/* more */');
    expect(await (await get(`/${files.frameName}`)).text()).toContain(more);
    expect(await (await get('/v1/click-tag.js')).text()).toBe('/* click tag */');
    expect((await get('/tag-0000000000000000.js')).status).toBe(404);
  });
});

describe('the frame tag', () => {
  it('is a document with the decision, without any script or style of its own', async () => {
    const answer = await get('/v1/frame?zone=4');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    const html = await answer.text();
    expect(html).not.toMatch(/<style| style=|<script>| on\w+=/);
    expect(html).toMatch(/<script src="..\/frame-[0-9a-f]{16}.js"><\/script>/);
    const { creative, id } = JSON.parse(/json">(.*?)<\/script>/.exec(html)?.[1] ?? '');
    expect(creative).toMatchObject({ type: 'text', headline: 'Hello Munich' });
    expect(delivery.events().filter((event) => event.id === id)).toMatchObject([
      { type: 'ad_request', zone: 4 },
    ]);
  });

  it('does not end where the creative has a script', async () => {
    const html = await (await get('/v1/frame?zone=3')).text();
    expect(html.match(/<\/script>/g)).toHaveLength(2);
  });

  it.each([
    ['/v1/frame', 400],
    ['/v1/frame?zone=x', 400],
    ['/v1/frame?zone=99', 404],
  ])('%s is %s', async (path, status) => {
    expect((await get(path)).status).toBe(status);
    expect((await get(path, { method: 'POST' })).status).toBe(405);
  });
});

describe('the image tag', () => {
  const of = (type: string, zone: number) =>
    delivery.events().filter((event) => event.type === type && event['zone'] === zone);

  it('is the image, and to send it is the impression', async () => {
    const answer = await get('/v1/img?zone=1&n=abc');
    expect([await answer.text(), answer.headers.get('content-type')]).toEqual(['picture', 'image/png']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const [request] = of('ad_request', 1);
    expect(of('impression', 1)).toMatchObject([{ id: request?.id, creative: 1, country: 'DE' }]);
  });

  it('leads a click to the landing, as the same event', async () => {
    const click = await get('/v1/img/click?zone=1&n=abc');
    expect([click.status, click.headers.get('location')]).toEqual([302, 'https://shop.example/Munich?ad=1']);
    expect(of('click', 1)).toMatchObject([{ id: of('impression', 1)[0]?.id, creative: 1 }]);
  });

  it('is a transparent pixel where there is no image to show', async () => {
    const answer = await get('/v1/img?zone=4&n=abc');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/gif']);
    expect(of('ad_request', 4).at(-1)).toMatchObject({ no_fill: 'no_creative_fits' });
    expect(of('impression', 4)).toEqual([]);
    expect((await get('/v1/img/click?zone=4&n=abc')).status).toBe(404);
  });

  it.each(['/v1/img', '/v1/img/click'])('%s wants a zone that exists and a proper n', async (path) => {
    for (const [query, status] of [
      ['', 400],
      ['zone=1', 400],
      ['zone=1&n=', 400],
      ['zone=1&n=a%0ab', 400],
      [`zone=1&n=${'a'.repeat(65)}`, 400],
      ['zone=0&n=a', 400],
      ['zone=99&n=a', 404],
    ] as const) {
      expect([query, (await get(`${path}?${query}`)).status]).toEqual([query, status]);
    }
  });

  it('draws the same for the same n, and all of them for many', async () => {
    const [first] = oneOfEach('https://shop.example/');
    const four = [1, 2, 3, 4].map((id) => ({ ...first!, id, clickUrl: `https://shop.example/${id}` }));
    const many = await testDelivery(inventoryOf(four));
    const landing = async (n: string) =>
      (await many.fetch(`/v1/img/click?zone=1&n=${n}`)).headers.get('location');
    const counts = new Map<string | null, number>();
    for (let n = 0; n < 200; n += 1) {
      const where = await landing(`n${n}`);
      expect(await landing(`n${n}`)).toBe(where);
      counts.set(where, (counts.get(where) ?? 0) + 1);
    }
    expect(counts.size).toBe(4);
    for (const count of counts.values()) expect(count).toBeGreaterThan(25);
    await many.close();
  });
});

describe('caps and kinds of creatives', () => {
  const caps = [{ events: 1, per: { unit: 'day', count: 1 } }] as const;
  const zoneOfAll = [[300, 250]] as const;

  it('hold over all tags, and a click of an image tag uses nothing up', async () => {
    const [first] = oneOfEach('https://shop.example/');
    const two = [1, 2].map((id) => ({ ...first!, id, width: 300, clickUrl: `https://shop.example/${id}` }));
    const snapshot = inventoryOf(two);
    const lineItems = snapshot.lineItems.map((lineItem) =>
      lineItem.id === 201 ? { ...lineItem, type: 'standard' as const, caps } : lineItem,
    );
    const capped = await testDelivery({ ...snapshot, lineItems });
    mkdirSync(join(capped.dataDir, 'assets'));
    writeFileSync(join(capped.dataDir, 'assets', `${imageHash}.png`), 'picture');
    const landing = async () =>
      (await capped.fetch('/v1/img/click?zone=1&n=a')).headers.get('location')?.at(-1);
    const shown = () =>
      capped.events().flatMap(({ type, creative }) => (type === 'ad_request' ? [creative] : []));
    expect([await landing(), await landing()]).toEqual(['1', '1']);
    await capped.fetch('/v1/img?zone=1&n=a');
    // The click belongs to the image that used up the cap.
    expect(await landing()).toBe('1');
    await capped.fetch('/v1/frame?zone=1');
    await capped.fetch('/v1/ad?zone=1');
    expect(shown()).toEqual([1, 2, 2]);
    capped.clock.nowMs += 86_400_001;
    await capped.fetch('/v1/frame?zone=1');
    await capped.fetch('/v1/img?zone=1&n=b');
    expect(shown()).toEqual([1, 2, 2, 1, 2]);
    await capped.close();
  });

  it('an image tag passes over what is no image, also where that goes first', async () => {
    const all = oneOfEach('https://shop.example/').map((creative) => ({ ...creative, width: 300 }));
    const snapshot = inventoryOf(all);
    const lineItems = snapshot.lineItems.map((lineItem) =>
      lineItem.id === 201 ? lineItem : { ...lineItem, type: 'sponsorship' as const, share: 100 },
    );
    const mixed = await testDelivery({
      ...snapshot,
      lineItems,
      zones: [{ id: 1, siteId: 3, sizes: zoneOfAll }],
    });
    const click = await mixed.fetch('/v1/img/click?zone=1&n=a');
    expect(click.headers.get('location')).toBe('https://shop.example/?ad=1');
    await mixed.close();
  });

  it('a preview of a snippet is its document, with its links', async () => {
    const preview = signPreview(new TokenSigner(readSigningKeys(delivery.dataDir)), 3, delivery.clock.nowMs);
    const ad = (await (await get(`/v1/ad?zone=1&preview=${preview}`)).json()) as { clickUrl: string };
    const token = new URL(ad.clickUrl).pathname.split('/').at(-1);
    expect(await (await get(`/v1/h/${token}`)).text()).toContain(`/v1/c/${token}/terms`);
    const click = await get(`/v1/c/${token}/terms`);
    expect(click.headers.get('location')).toContain('https://shop.example/Munich?terms');
    expect(delivery.events().at(-1)).toMatchObject({
      type: 'click',
      creative: 3,
      not_counted: 'preview',
      link: 'terms',
    });
  });
});

describe('an ad request', () => {
  it('may name its page, of which no query is kept', async () => {
    const url = encodeURIComponent('https://news.example/a/b?email=x@y.z#top');
    const answer = await get(`/v1/ad?zone=4&url=${url}&kv=section%3Asport`, {
      headers: { Referer: 'https://news.example/' },
    });
    const { id } = (await answer.json()) as { id: string };
    expect(delivery.events().find((event) => event.id === id)).toMatchObject({
      page: 'https://news.example/a/b',
    });
  });
});
