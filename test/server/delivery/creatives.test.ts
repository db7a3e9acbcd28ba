import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packBundle } from '../../../server/inventory/bundle-pack.ts';
import { bundleHash, imageHash, inventoryOf, oneOfEach } from '../../support/creatives.ts';
import { type TestDelivery, testAddresses, testDelivery } from '../../support/delivery.ts';

type Json = Record<string, unknown>;
const from = testAddresses.losAngeles;
let delivery: TestDelivery;

beforeAll(async () => {
  const creatives = oneOfEach('https://shop.example/{zone}/{city}/');
  creatives.push({
    ...{ id: 6, type: 'html', html: '<b>', thirdParty: true, width: 306, height: 250 },
    ...{
      alt: '',
      clickUrl: 'https://shop.example/?all={click_url_enc}&t={time}&cb={cache_buster}&d={decision}',
    },
  });
  delivery = await testDelivery(inventoryOf(creatives));
  const assets = join(delivery.dataDir, 'assets');
  mkdirSync(assets);
  writeFileSync(join(assets, `${imageHash}.png`), '0123456789');
  writeFileSync(join(assets, `${'d'.repeat(64)}.svg`), '<svg/>');
  const pack = packBundle([
    { path: 'index.html', contentType: 'text/html; charset=utf-8', bytes: Buffer.from('<p>bundle') },
    { path: 'img/ä b.png', contentType: 'image/png', bytes: Buffer.from('picture') },
  ]);
  writeFileSync(join(assets, `${bundleHash}.bundle`), pack);
  writeFileSync(join(assets, `${'e'.repeat(64)}.bundle`), 'broken');
});
afterAll(() => delivery.close());

const get = (path: string, init: RequestInit = {}) => delivery.fetch(path, { from, ...init });
const ad = async (zone: number) =>
  (await (await get(`/v1/ad?zone=${zone}`)).json()) as Json & { creative: Json };
const local = (url: unknown) => String(url).replace('http://ads.example.com', '');
const logged = (type: string) => delivery.events().filter((event) => event.type === type);

describe('the answer for a creative', () => {
  it('of the type image names its variant of double resolution', async () => {
    expect((await ad(1)).creative).toMatchObject({
      src: `http://ads.example.com/v1/a/${imageHash}.png`,
      srcset: `http://ads.example.com/v1/a/${'c'.repeat(64)}.png 2x`,
    });
  });

  it('of the type html5 hands each click tag to the bundle', async () => {
    const { creative, clickUrl } = await ad(2);
    const src = new URL(String(creative['src']));
    expect(src.pathname).toBe(`/v1/b/${bundleHash}/index.html`);
    expect([...src.searchParams]).toEqual([
      ['clickTag', clickUrl],
      ['clickTag2', `${clickUrl}/clickTag2`],
    ]);
  });

  it('of the type html has the snippet, and a document with the same snippet', async () => {
    const { creative, clickUrl } = await ad(3);
    const html = `<a id="main" href="${clickUrl}" target="_blank">Los Angeles</a> <a id="terms" href="${clickUrl}/terms" target="_blank">Terms</a>{nothing}<script>document.title="3"</script>`;
    expect(creative['html']).toBe(html);
    const page = await get(local(creative['src']));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain(html);
    const policy = page.headers.get('content-security-policy') as string;
    expect(policy).toMatch(
      /^sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; default-src 'self'/,
    );
    expect(policy).not.toMatch(/https:|same-origin/);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(logged('impression')).toEqual([]);
  });

  it('of the type html may load from elsewhere where that is allowed', async () => {
    const page = await get(local((await ad(6)).creative['src']));
    expect(page.headers.get('content-security-policy')).toMatch(/^sandbox allow-scripts.*https: http:/);
  });

  it('of the types text and native has its texts with macros filled', async () => {
    expect((await ad(4)).creative).toMatchObject({
      headline: 'Hello Los Angeles',
      text: 'From "US" & more',
      alt: 'Ad 4',
    });
    expect((await ad(5)).creative).toMatchObject({
      title: 'News for US-CA',
      sponsor: 'Tea House',
      image: `http://ads.example.com/v1/a/${imageHash}.png`,
    });
  });

  it('never breaks the JSON or the HTML, whatever the macros stand for', async () => {
    // A page shows no creative twice: two pages.
    for (const zones of ['1,2,3,4,5,6', '3,4']) {
      const all = (await (await get(`/v1/ad?zones=${zones}`)).json()) as Json[];
      expect(all.map(({ noFill }) => noFill)).toEqual(zones.split(',').map(() => null));
    }
  });
});

describe('a document for a frame', () => {
  it.each(['', 'x', 'A'.repeat(68), '%', '../../snapshot.jsonl'])(
    'with the token "%s" is none',
    async (token) => {
      expect((await get(`/v1/h/${token}`)).status).toBeLessThan(500);
      expect((await get(`/v1/h/${token}`)).status).toBeGreaterThanOrEqual(400);
    },
  );

  it('of a creative of another type is none', async () => {
    expect((await get(local((await ad(1))['clickUrl']).replace('/c/', '/h/'))).status).toBe(404);
  });
});

describe('a click', () => {
  it('leads to the landing with its macros filled', async () => {
    const { clickUrl } = await ad(1);
    const click = await get(local(clickUrl));
    expect(click.headers.get('location')).toBe('https://shop.example/1/Los%20Angeles/?ad=1');
    expect(logged('click').at(-1)).not.toHaveProperty('link');
  });

  it('knows the decision by its macros', async () => {
    const { clickUrl, id } = await ad(6);
    const landing = new URL(String((await get(local(clickUrl))).headers.get('location')));
    expect(Object.fromEntries(landing.searchParams)).toEqual({
      ...{ all: clickUrl, t: String(delivery.clock.nowMs), d: id },
      cb: String(Number.parseInt(String(id).slice(8), 16)),
    });
  });

  it('on a named link leads to that link, and is logged with its name', async () => {
    const { clickUrl } = await ad(3);
    const click = await get(`${local(clickUrl)}/terms`);
    expect(click.headers.get('location')).toBe(
      'https://shop.example/3/Los%20Angeles/?terms&in=Los%20Angeles',
    );
    expect(logged('click').at(-1)).toMatchObject({ link: 'terms', creative: 3 });
  });

  it.each(['other', '__proto__', 'constructor', 'https://evil.example', '%2e%2e%2f', 'terms/more', ''])(
    'on a link "%s" that the creative does not have leads to its landing',
    async (link) => {
      const { clickUrl } = await ad(3);
      const click = await get(`${local(clickUrl)}/${link}`);
      expect([click.status, click.headers.get('location')]).toEqual([
        302,
        'https://shop.example/3/Los%20Angeles/?ad=3',
      ]);
      expect(logged('click').at(-1)).not.toHaveProperty('link');
    },
  );
});

describe('a file', () => {
  const image = `/v1/a/${imageHash}.png`;

  it.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=8-', 206, '89', 'bytes 8-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=0-1,3-4', 200, '0123456789', null],
    ['bytes=3-1', 200, '0123456789', null],
    ['bytes=-', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
  ])('is sent in the range %s', async (range, status, body, extent) => {
    const answer = await get(image, { headers: { Range: range } });
    expect([answer.status, await answer.text(), answer.headers.get('content-range')]).toEqual([
      status,
      body,
      extent,
    ]);
    expect(answer.headers.get('accept-ranges')).toBe('bytes');
  });

  it.each(['bytes=10-', 'bytes=-0'])('has no range %s', async (range) => {
    const answer = await get(image, { headers: { Range: range } });
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    expect(await answer.json()).toMatchObject({ code: 'range_not_satisfiable' });
  });

  it('is not sent again to who has it, and not in parts to who has another', async () => {
    const etag = (await get(image)).headers.get('etag') as string;
    expect((await get(image, { headers: { 'If-None-Match': etag } })).status).toBe(304);
    expect((await get(image, { headers: { Range: 'bytes=0-1', 'If-Range': '"other"' } })).status).toBe(200);
    expect((await get(image, { headers: { Range: 'bytes=0-1', 'If-Range': etag } })).status).toBe(206);
  });

  it('that is an SVG runs nothing when it is opened', async () => {
    const answer = await get(`/v1/a/${'d'.repeat(64)}.svg`);
    expect(answer.headers.get('content-type')).toBe('image/svg+xml');
    expect(answer.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
  });

  it('of a bundle is served in a sandbox, for ever', async () => {
    const page = await get(`/v1/b/${bundleHash}/index.html?clickTag=x`);
    expect([page.status, await page.text()]).toEqual([200, '<p>bundle']);
    expect(page.headers.get('content-security-policy')).toMatch(/^sandbox allow-scripts allow-popups/);
    expect(page.headers.get('cache-control')).toContain('immutable');
    // Each once: a browser takes a doubled policy of resources for none.
    for (const [name, value] of [
      ['cross-origin-resource-policy', 'cross-origin'],
      ['x-content-type-options', 'nosniff'],
    ] as const) {
      expect(page.headers.get(name)).toBe(value);
    }
    const picture = await get(`/v1/b/${bundleHash}/img/%C3%A4%20b.png`, { headers: { Range: 'bytes=0-2' } });
    expect([picture.status, await picture.text()]).toEqual([206, 'pic']);
  });

  it.each([
    `/v1/b/${bundleHash}`,
    `/v1/b/${bundleHash}/`,
    `/v1/b/${bundleHash}/img`,
    `/v1/b/${bundleHash}/%`,
    `/v1/b/${bundleHash}/..%2f..%2fsnapshot.jsonl`,
    `/v1/b/..%2f${bundleHash}/index.html`,
    `/v1/b/${'e'.repeat(64)}/index.html`,
    `/v1/b/${'f'.repeat(64)}/index.html`,
    `/v1/a/${bundleHash}.bundle`,
  ])('%s is nothing', async (path) => {
    expect((await get(path)).status).toBe(404);
  });
});
